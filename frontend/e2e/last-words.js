// After everything else: what went wrong, in a few lines for each test. Who reads
// a run elsewhere often sees nothing but its end.
import { stripVTControlCharacters } from 'node:util';

const LINES = 12;

export default class LastWords {
  /** @type {string[]} */
  words = [];

  /**
   * @param {import('@playwright/test/reporter').TestCase} test
   * @param {import('@playwright/test/reporter').TestResult} result
   */
  onTestEnd(test, result) {
    for (const { message = '', value = '' } of result.errors) {
      const lines = stripVTControlCharacters(message || value).split('\n');
      const told = lines.filter((l) => l.trim() !== '').slice(0, LINES);
      this.words.push(
        `${test.titlePath().filter(Boolean).join(' › ')}\n${told.map((l) => '  ' + l).join('\n')}`,
      );
    }
  }

  onEnd() {
    for (const words of this.words) console.log('\n' + words);
  }
}
