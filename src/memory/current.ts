/** `Current`: a value that is replaced as a whole while others read it: each reads it when it needs it, and holds no part of it. */

export interface Current<T> {
  readonly current: T;
}

export interface Replaceable<T> extends Current<T> {
  current: T;
}
