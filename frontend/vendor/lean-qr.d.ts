export { generate, mode, correction } from 'lean-qr';
