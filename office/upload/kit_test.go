package upload

import "context"

var background = context.Background()
