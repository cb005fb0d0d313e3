/** The wire shapes of the account and its secrets. */

export interface AccountView {
  readonly id: string;
  readonly name: string;
  readonly account_status: 'ACCOUNT_STATUS_ENABLED';
  readonly tier: 'ACCOUNT_TIER_PRO';
  readonly created_at: string;
  readonly account_billing_type: 'STRIPE';
  readonly stripe_customer_id: string;
  readonly billing: {
    readonly account_billing_type: 'STRIPE';
    readonly stripe_customer_id: string;
    readonly stripe: { readonly customer_id: string; readonly active_subscription: string };
    readonly aws: null;
  };
}

/** A secret is known by its name; no endpoint answers its value. */
export interface SecretView {
  readonly id: string;
  readonly name: string;
  readonly create_time_ms: number;
  readonly update_time_ms: number;
}
