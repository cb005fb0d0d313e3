/** `isServiceLink`: variables that Kubernetes sets in every container for each Service of its namespace. */

/** Such as `UPSTREAM_SERVICE_HOST` and `UPSTREAM_PORT_80_TCP_ADDR`, for a Service called `upstream`. */
const LINK_NAME =
  /_(?:SERVICE_HOST|SERVICE_PORT(?:_[A-Z0-9_]{1,100})?|PORT_\d{1,5}_(?:TCP|UDP|SCTP)(?:_(?:PROTO|PORT|ADDR))?)$/;

/** Such as `tcp://10.0.0.7:4010`, as what the variable `SIMULATOR_PORT` says for a Service called `simulator`. */
const LINK_ADDRESS = /^(?:tcp|udp|sctp):\/\/\S{1,300}:\d{1,5}$/;

/**
 * Facts: https://kubernetes.io/docs/tutorials/services/connect-applications-service/#environment-variables. The name alone
 * does not tell: `SIMULATOR_PORT` is a setting too, whose value is never an address.
 */
export function isServiceLink(name: string, value: string): boolean {
  return LINK_NAME.test(name) || (name.endsWith('_PORT') && LINK_ADDRESS.test(value));
}
