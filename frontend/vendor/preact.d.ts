export { h, render, Fragment, createContext } from 'preact';
export type { VNode, ComponentChildren, RefObject } from 'preact';
export {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  useMemo,
  useCallback,
  useContext,
} from 'preact/hooks';
export {
  signal,
  computed,
  effect,
  batch,
  untracked,
  useSignal,
  useComputed,
  useSignalEffect,
} from '@preact/signals';
export type { Signal, ReadonlySignal } from '@preact/signals';
export { default as htm } from 'htm';
