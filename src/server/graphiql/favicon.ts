/** The icon of the gateway, which browsers ask for by themselves. */
import type { Route } from '../http/route.ts';

export const FAVICON_PATH = '/favicon.ico';

const DAY_SEC = 24 * 60 * 60;

/** A run, and what hangs on it. */
const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="7" fill="#1f2937"/><g stroke="#38bdf8" stroke-width="2.5" fill="none"><path d="M16 16 9 8M16 16l8-6M16 16l-6 8M16 16l8 7"/></g><g fill="#f8fafc"><circle cx="16" cy="16" r="4.5"/><circle cx="9" cy="8" r="2.5"/><circle cx="24" cy="10" r="2.5"/><circle cx="10" cy="24" r="2.5"/><circle cx="24" cy="23" r="2.5"/></g></svg>`;

export const favicon: Route = () =>
  Promise.resolve({
    status: 200,
    headers: { 'Content-Type': 'image/svg+xml', 'Cache-Control': `public, max-age=${String(DAY_SEC)}` },
    body: ICON,
  });
