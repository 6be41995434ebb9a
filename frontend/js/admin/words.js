// The words of the office's pages.

import { en } from './en.js';
import { vi } from './vi.js';

export const words = { vi, en };
