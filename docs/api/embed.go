// Package api is the description of the REST API: the OpenAPI file that
// programs read, and the same as a page for people.
package api

import (
	_ "embed"
)

// YAML is docs/api/openapi.yaml as it is served. Nobody may change it.
//
//go:embed openapi.yaml
var YAML []byte

//go:embed page.gohtml
var pageTemplate string

//go:embed page.css
var pageStyle string
