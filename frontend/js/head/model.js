// How a hash is shown to people who compare it by eye.

const GROUP = 4;
const SHOWN = 8; // as gobua verify shows it

/** The first digits, in groups. @param {string} hash */
export const short = (hash) => (hash.slice(0, SHOWN).match(new RegExp(`.{${GROUP}}`, 'g')) ?? []).join(' ');
