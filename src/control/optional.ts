/** `Optional`: a field of an input that may be left out or be null. */
export type Optional<T> = T | null | undefined;
