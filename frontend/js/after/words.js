// The words of what follows a session. Keys begin with after, outcome or
// myresult.

import { en } from './en.js';
import { vi } from './vi.js';

export const words = { vi, en };
