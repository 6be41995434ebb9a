// The words of registering and of the registrar's desk.

import { en } from './en.js';
import { vi } from './vi.js';

export const words = { vi, en };
