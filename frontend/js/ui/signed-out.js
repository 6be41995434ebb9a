// What the room says to who was signed out without asking for it here.

import { t } from '../i18n.js';
import { html } from '../view.js';
import { Notice } from './parts.js';

export const SignedOut = () =>
  html`<${Notice} tone="warn" icon="info" title=${t('banner.signed_out')}><p>${t('banner.signed_out.text')}</p><//>`;
