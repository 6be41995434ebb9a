// The life of a draft on the reader's screen: typed, checked, saved under a
// version, merged with what somebody else saved meanwhile, published.

import { api, ApiError } from '../account.js';
import { clock } from '../live.js';
import { useEffect, useMemo, useRef, useState } from '../view.js';
import { check } from './check.js';
import { draftOf, emptyDraft, formOf, look, put } from './draft.js';
import { codeOf, RequestNames } from './frame.js';
import { afterSaving, merge } from './merge.js';

/** @typedef {import('./types').Auction} Auction */
/** @typedef {import('./types').Fault} Fault */
/** @typedef {import('./types').Form} Form */

/**
 * @param {Auction | null} loaded null for a new auction
 * @param {(auction: Auction) => void} onSaved gets every auction that was saved or published
 */
export function useEditor(loaded, onSaved) {
  const [saved, setSaved] = useState(loaded);
  const [form, setForm] = useState(() => formOf(loaded ?? emptyDraft()));
  const [faults, setFaults] = useState(/** @type {Fault[]} */ ([]));
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const [savedAtMs, setSavedAt] = useState(NaN);
  const [newer, setNewer] = useState(/** @type {Auction | null} */ (null));
  const [both, setBoth] = useState(/** @type {string[]} */ ([]));
  const names = useRef(new RequestNames()).current;
  const working = useRef(false); // a state is too late for the second click

  const clean = useMemo(() => look(draftLook(formOf(saved ?? emptyDraft()))), [saved]);
  const dirty = look(draftLook(form)) !== clean;
  useWarning(dirty);

  /** @param {string} path @param {unknown} value */
  const change = (path, value) => {
    setForm((f) => put(f, path, value));
    const whole = path === 'lots' || path === 'participants';
    setFaults((all) => all.filter((f) => !touches(path, f.field, whole)));
  };

  /** Whether the form can go to the server. @param {'save' | 'publish' | 'list'} why */
  const isRight = (why) => {
    const found = check(form, {
      publish: why === 'publish',
      list: why === 'list',
      nowMs: clock.known ? clock.now() : NaN,
    });
    setFaults(found);
    setProblem('');
    return found.length === 0;
  };

  /**
   * Runs one request at a time and tells what came of it.
   * @template T
   * @param {() => Promise<T>} request
   * @returns {Promise<T | null>}
   */
  const run = async (request) => {
    if (working.current) return null;
    working.current = true;
    setBusy(true);
    try {
      return await request();
    } catch (e) {
      await fail(e);
      return null;
    } finally {
      working.current = false;
      setBusy(false);
    }
  };

  /** @param {unknown} e */
  const fail = async (e) => {
    if (e instanceof ApiError && e.fields.length > 0) return setFaults(e.fields);
    const code = codeOf(e);
    if (saved && ['edited_meanwhile', 'already_published', 'wrong_state'].includes(code)) {
      try {
        return setNewer(await api('GET', '/auctions/' + saved.id));
      } catch {
        // The answer itself still says what has happened.
      }
    }
    setProblem(code);
  };

  /** @param {Auction} auction */
  const take = (auction) => {
    setSaved(auction);
    setForm((now) => afterSaving(now, form, auction));
    setFaults([]);
    setProblem('');
    setBoth([]);
    setSavedAt(clock.now());
    onSaved(auction);
  };

  /** Saves what is right. */
  const save = async () => {
    if (isRight('save')) await run(saveNow);
  };
  const saveNow = async () => {
    const draft = draftOf(form);
    const auction = saved
      ? await api('PUT', '/auctions/' + saved.id, { ...draft, version: saved.version })
      : await api('POST', '/auctions', draft, names.of(draft));
    names.done();
    take(auction);
    return /** @type {Auction} */ (auction);
  };

  /** Saves if need be, and returns what can be published, or null. */
  const prepare = async () => {
    if (!isRight('publish')) return null;
    return saved && !dirty ? saved : run(saveNow);
  };

  /** @param {Auction} auction as prepare returned it */
  const publish = (auction) =>
    run(async () => {
      const body = { version: auction.version };
      const published = await api(
        'POST',
        `/auctions/${auction.id}/publish`,
        body,
        names.of([auction.id, body]),
      );
      names.done();
      take(published);
    });

  /**
   * Saves if need be, asks the server whether this could be listed, and returns
   * it; null if there are obstacles, which then stand beside their fields.
   */
  const prepareList = async () => {
    if (!isRight('list')) return null;
    return run(async () => {
      const auction = saved && !dirty ? saved : await saveNow();
      await api('POST', `/auctions/${auction.id}/list`, { version: auction.version, check: true });
      return auction;
    });
  };

  /** @param {Auction} auction as prepareList returned it */
  const list = (auction) =>
    run(async () => {
      const body = { version: auction.version };
      take(await api('POST', `/auctions/${auction.id}/list`, body, names.of(['list', auction.id, body])));
      names.done();
    });

  /** Makes the form the new rules of a listed auction. @param {string} notice what the public is told */
  const amend = async (notice) => {
    if (!saved || !isRight('list')) return;
    await run(async () => {
      const body = { version: saved.version, notice, auction: draftOf(form) };
      take(await api('POST', `/auctions/${saved.id}/amend`, body, names.of(body)));
      names.done();
    });
  };

  /** Goes on from what somebody else saved. @param {boolean} keepMine */
  const goOn = (keepMine) => {
    if (!newer || !saved) return;
    const merged = keepMine && newer.status === saved.status ? merge(saved, form, newer) : null;
    setSaved(newer);
    setForm(merged ? merged.form : formOf(newer));
    setBoth(merged ? merged.both : []);
    setFaults([]);
    setNewer(null);
  };

  return {
    ...{ saved, savedAtMs, form, change, faults, problem, busy, dirty, newer, both },
    ...{ save, prepare, publish, prepareList, list, amend, goOn },
  };
}

/** What counts as a change. @param {Form} form */
const draftLook = (form) => ({ ...form, participants: form.participants.map((p) => p.accountId) });

/**
 * Whether changing a path may have repaired a fault. Where a list changed,
 * the numbers in paths below it mean other rows.
 * @param {string} path @param {string} field @param {boolean} whole
 */
function touches(path, field, whole) {
  if (field === path || field.startsWith(path + '.')) return true;
  if (whole) return false;
  const list = /^(.*\.bands)\.\d+/.exec(path);
  return path.startsWith(field + '.') || (list !== null && field.startsWith(list[1] + '.'));
}

/** Asks before the tab is closed with something unsaved. @param {boolean} dirty */
function useWarning(dirty) {
  useEffect(() => {
    if (!dirty) return;
    const ask = (/** @type {BeforeUnloadEvent} */ e) => e.preventDefault();
    addEventListener('beforeunload', ask);
    return () => removeEventListener('beforeunload', ask);
  }, [dirty]);
}
