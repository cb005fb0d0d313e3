/** The scripts of the pace that replicas share: the same rules as those of `AdaptiveRate`, for all of them together. */
import { createScript } from '../../redis/redis.ts';
import {
  FIRST_LIMIT_PER_SEC,
  FORGET_PER_SEC,
  GROWTH_PER_SEC,
  PROBE_AFTER_MS,
  PROBE_SHARE,
  RESTART_SHARE,
  SAFE_SHARE,
  SLOWEST_PER_SEC,
} from './adaptive-rate.ts';

/** What nobody has asked for so long is no limit any more, in milliseconds. */
const EXPIRES_AFTER_MS = 60 * 60_000;
/** A call that was to show whether others may follow, and was not heard of for so long, is followed by another one. */
const PROBE_TIMEOUT_MS = 5_000;

/**
 * Keys: the limit of an account, and which accounts have one. A limit is a hash: `at` when it was shown, `rate` at which the
 * refusal came, `base` the limit that it has shown, `next` the next free start, `paused` until when nothing starts, `probe`
 * when the first call after a pause was sent, and of each replica, behind `c:`, how many calls it was let through then.
 */
const PACE = `
local key, limited = KEYS[1], KEYS[2]
local time = redis.call('TIME')
local nowMs = time[1] * 1000 + time[2] / 1000

local function load()
  local found = redis.call('HMGET', key, 'at', 'rate', 'base', 'next', 'paused', 'probe')
  if not found[1] then return nil end
  return {
    at = tonumber(found[1]), rate = tonumber(found[2]), base = tonumber(found[3]),
    next = tonumber(found[4]), paused = tonumber(found[5]), probe = found[6],
  }
end

local function save(limit, name)
  for field, value in pairs(limit) do
    redis.call('HSET', key, field, type(value) == 'number' and string.format('%.3f', value) or value)
  end
  redis.call('PEXPIRE', key, ${String(EXPIRES_AFTER_MS)})
  redis.call('ZADD', limited, string.format('%.0f', nowMs + ${String(EXPIRES_AFTER_MS)}), name)
end

local function rateOf(limit)
  local elapsedMs = math.max(0, nowMs - limit.at)
  local most = limit.base * ${String(PROBE_SHARE)} ^ math.floor(elapsedMs / ${String(PROBE_AFTER_MS)})
  local grown = limit.base * (${String(RESTART_SHARE)} + ${String(GROWTH_PER_SEC)} * elapsedMs / 1000)
  return math.min(most, grown), most
end
`;

/**
 * Arguments: the name of the account, that of the replica, how long ago the refused call was sent, how many were let through,
 * the wait that was asked for, and the channel. A call that is older than the limit adds what its replica was let through, and
 * begins no new one: of many that were refused together only the first counts. An age below 0 adds in any case. Answers 1 where there is a limit then.
 */
export const REFUSED = createScript(`${PACE}
local name, replica, ageMs, letThrough = ARGV[1], ARGV[2], tonumber(ARGV[3]), tonumber(ARGV[4])
local retryAfterMs, channel = tonumber(ARGV[5]), ARGV[6]
local limit = load()
local isCount = ageMs < 0
if isCount and not limit then return 0 end
local isNew = not limit or (not isCount and nowMs - ageMs >= limit.at)
if isNew then
  local rate = limit and rateOf(limit) or 0
  redis.call('DEL', key)
  limit = { at = nowMs, rate = rate, base = 0, next = 0, paused = limit and limit.paused or 0, probe = '' }
end
local before = tonumber(redis.call('HGET', key, 'c:' .. replica) or 0)
redis.call('HSET', key, 'c:' .. replica, math.max(before, letThrough))
local sum = 0
local found = redis.call('HGETALL', key)
for index = 1, #found, 2 do
  if string.sub(found[index], 1, 2) == 'c:' then sum = sum + tonumber(found[index + 1]) end
end
local least = limit.rate == 0 and ${String(FIRST_LIMIT_PER_SEC)} or ${String(SLOWEST_PER_SEC)}
if limit.rate > 0 then sum = math.min(sum, limit.rate) end
limit.base = math.max(limit.base, math.max(least, sum * ${String(SAFE_SHARE)}))
if isNew then limit.next = nowMs + 1000 / rateOf(limit) end
local isPaused = retryAfterMs > 0 and nowMs + retryAfterMs > limit.paused
if isPaused then
  limit.paused = nowMs + retryAfterMs
  limit.probe = 'due'
end
save(limit, name)
redis.call('ZREMRANGEBYSCORE', limited, '-inf', string.format('%.0f', nowMs))
if isNew or isPaused then
  redis.call('PUBLISH', channel, 'limited ' .. name .. ' ' .. string.format('%.0f', math.max(0, limit.paused - nowMs)))
end
return 1
`);

/**
 * Arguments: the name of the account, and how many permits. Answers how many there are, in how many milliseconds the first
 * holds, the time between them, the rate, how long everybody has to wait still, and whether it is the one that shows if others may
 * follow; nothing when there is no limit any more.
 */
export const RESERVE = createScript(`${PACE}
local name, calls = ARGV[1], tonumber(ARGV[2])
local limit = load()
if not limit then
  redis.call('ZREM', limited, name)
  return {}
end
local rate, most = rateOf(limit)
if most > ${String(FORGET_PER_SEC)} then
  redis.call('DEL', key)
  redis.call('ZREM', limited, name)
  return {}
end
local isProbe = 0
local function answer(count, inMs, pauseMs)
  return { count, tostring(inMs), tostring(1000 / rate), tostring(rate), tostring(pauseMs), isProbe }
end
if limit.paused > nowMs then return answer(0, limit.paused - nowMs, limit.paused - nowMs) end
if limit.probe ~= '' then
  local sentMs = tonumber(limit.probe)
  if sentMs and nowMs - sentMs < ${String(PROBE_TIMEOUT_MS)} then
    return answer(0, sentMs + ${String(PROBE_TIMEOUT_MS)} - nowMs, 0)
  end
  limit.probe = string.format('%.3f', nowMs)
  calls = 1
  isProbe = 1
end
local first = math.max(nowMs, limit.next)
limit.next = first + calls * 1000 / rate
save(limit, name)
return answer(calls, first - nowMs, 0)
`);

/** Arguments: the name of the account, and the channel. The first call after a pause was let through: others may follow. */
export const PASSED = createScript(`${PACE}
local name, channel = ARGV[1], ARGV[2]
local limit = load()
if not limit or limit.paused > nowMs or limit.probe == '' then return 0 end
limit.probe = ''
save(limit, name)
redis.call('PUBLISH', channel, 'passed ' .. name .. ' 0')
return 1
`);
