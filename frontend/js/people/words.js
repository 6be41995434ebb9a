// Words of the pages about people: accounts, identities, security, centres.

import { en } from './en.js';
import { vi } from './vi.js';

export const words = { vi, en };
