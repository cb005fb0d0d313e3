/** `InvalidDocument`: what rules say of a document, as they have said it: an error is told where it stands once. */

export class InvalidDocument extends AggregateError {
  constructor(errors: readonly Error[]) {
    super(errors);
    this.name = 'InvalidDocument';
  }
}
