/** The scripts of the log on Redis: each looks, compares and writes in one atomic step. */
import { createScript } from '../redis/redis.ts';

/**
 * Part of each key, so that versions that keep their logs otherwise run side by side: none reads or writes those of another,
 * and a cursor of one is answered by the other with a snapshot.
 */
export const LOG_FORMAT = 'log2';

/**
 * Keys: `m` how the log stands, `s` its events as a stream, `e` what they add up to. First arguments of all: the epoch of a log
 * that is begun now, the bounds, and the history of writes that the primary goes on with. A log of which something was evicted
 * is begun anew, and so is one that was written in another history, whose latest writes may be missing: nobody takes what is
 * left for the whole, and no position stands for two events.
 */
const LOG = `
local m, s, e = KEYS[1], KEYS[2], KEYS[3]
local epoch = ARGV[1]
local maxEvents, maxBytes, maxAgeMs = tonumber(ARGV[2]), tonumber(ARGV[3]), tonumber(ARGV[4])
local history = ARGV[5]
local FIELDS = { 'epoch', 'revision', 'sequence', 'oldest', 'bytes', 'complete', 'whole', 'known', 'token', 'append', 'history' }

local time = redis.call('TIME')
local nowMs = time[1] * 1000 + math.floor(time[2] / 1000)

local function load()
  local found = redis.call('HMGET', m, unpack(FIELDS))
  local log = {}
  for index, field in ipairs(FIELDS) do log[field] = tonumber(found[index]) or 0 end
  log.epoch, log.whole, log.append, log.history = found[1], found[7] or '', found[10] or '', found[11] or ''
  local isThere = log.epoch
    and log.history == history
    and redis.call('XLEN', s) == log.sequence - log.oldest + 1
    and redis.call('HLEN', e) == log.known
  if isThere then return log end
  return nil
end

local function save(log)
  local values = {}
  for _, field in ipairs(FIELDS) do
    values[#values + 1] = field
    values[#values + 1] = log[field]
  end
  redis.call('HSET', m, unpack(values))
end

local function begin()
  redis.call('DEL', m, s, e)
  local log = {
    epoch = epoch, revision = 0, sequence = 0, oldest = 1, bytes = 0,
    complete = 0, whole = '', known = 0, token = 0, append = '', history = history,
  }
  save(log)
  return log
end

-- Drops the oldest events until the bounds hold. The newest stays, whatever its size and age.
local function trim(log)
  local before = log.oldest
  while log.sequence > log.oldest do
    local first = redis.call('XRANGE', s, '-', '+', 'COUNT', 1)[1][2]
    local isWithin = log.sequence - log.oldest < maxEvents
      and log.bytes <= maxBytes
      and nowMs - first[2] <= maxAgeMs
    if isWithin then break end
    log.bytes = log.bytes - first[4]
    log.oldest = log.oldest + 1
    redis.call('XTRIM', s, 'MINID', string.format('%.0f-0', log.oldest))
  end
  return log.oldest ~= before
end

local function keepAlive()
  redis.call('PEXPIRE', m, maxAgeMs)
  redis.call('PEXPIRE', s, maxAgeMs)
  redis.call('PEXPIRE', e, maxAgeMs)
end

local function headOf(log)
  return { log.epoch, log.revision, log.sequence, log.oldest, log.complete, log.whole }
end
`;

/** Answers how the log stands, and what its events add up to. */
export const STATE = createScript(`${LOG}
local log = load() or begin()
if trim(log) then save(log) end
keepAlive()
return { headOf(log), redis.call('HGETALL', e) }
`);

/**
 * Further arguments: the epoch and sequence of the position, and how many entries at most. Answers null for a gap. A log that does
 * not reach as far as somebody has read it has lost its end, and is begun anew.
 */
export const READ = createScript(`${LOG}
local log = load() or begin()
if trim(log) then save(log) end
keepAlive()
local sequence, limit = tonumber(ARGV[7]), tonumber(ARGV[8])
if log.epoch == ARGV[6] and sequence > log.sequence then begin() end
if log.epoch ~= ARGV[6] or sequence > log.sequence or sequence + 1 < log.oldest then return false end
local entries = redis.call('XRANGE', s, string.format('%.0f-0', sequence + 1), '+', 'COUNT', limit)
return { headOf(log), entries }
`);

/**
 * Further arguments: the expected epoch and revision, the id and the token of the append, whether it is the last one, whether
 * the list is whole, the channel; how many events, and of each its size and itself; then of each entity its field and itself.
 * Answers how the log stands, and for a conflict what its events add up to, too. Nothing is written before all is checked.
 */
export const APPEND = createScript(`${LOG}
local log = load() or begin()
local token, channel, count = tonumber(ARGV[9]), ARGV[12], tonumber(ARGV[13])
if log.append == ARGV[8] then return { headOf(log) } end
local revision = tonumber(ARGV[7])
-- The end of it is lost: what others were told of it is in no log.
if log.epoch == ARGV[6] and revision > log.revision then log = begin() end
local isExpected = log.epoch == ARGV[6] and log.revision == revision
if not isExpected or (token > 0 and token < log.token) then
  keepAlive()
  return { headOf(log), redis.call('HGETALL', e) }
end
local next = 14
for _ = 1, count do
  log.sequence = log.sequence + 1
  log.bytes = log.bytes + ARGV[next]
  redis.call('XADD', s, string.format('%.0f-0', log.sequence), 't', nowMs, 'n', ARGV[next], 'd', ARGV[next + 1])
  next = next + 2
end
for index = next, #ARGV, 2 do redis.call('HSET', e, ARGV[index], ARGV[index + 1]) end
log.revision = log.revision + 1
log.known = redis.call('HLEN', e)
log.token = math.max(log.token, token)
log.append = ARGV[8]
if ARGV[10] == '1' then log.complete = 1 end
if ARGV[11] ~= '' then log.whole = ARGV[11] end
trim(log)
save(log)
keepAlive()
redis.call('PUBLISH', channel, string.format('%s %.0f %.0f', log.epoch, log.sequence, log.revision))
return { headOf(log) }
`);

/** Answers how the log stands without a look at its events, and keeps it; null when there is none. */
export const LOOK = createScript(`
local found = redis.call('HMGET', KEYS[1], 'epoch', 'revision', 'history')
for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, ARGV[1]) end
if not found[1] or found[3] ~= ARGV[2] then return false end
return { found[1], found[2] }
`);
