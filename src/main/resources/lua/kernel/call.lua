-- commit: applies a batch of entries to one room, in order, in one atomic step: either all of them
-- are decided, stored, numbered and published, or nothing happened.
--
-- This file and those beside it are one script, joined by Script.java in the order it names. Every
-- kind of entry decides on Lua tables alone, by `entries` and `finish`; run.lua decides them all
-- and then writes, because a script that fails midway is not rolled back.
--
-- KEYS  1 head, 2 stream, 3 history, 4 settings, 5 points, 6 growth, 7 carry, 8 watch, 9 online,
--       10 viewers, 11 mutes, 12 grants, 13 ids of danmaku, 14 those of the bucket before,
--       15 ids of all else, 16 those of the bucket before, 17 deadlines, 18 active, 19 offers,
--       20 sales, 21 orders, 22 log of orders, 23 last orders, 24 raffles, 25 lotteries, 26 tickets,
--       27 taps of the open lottery, 28 entered, 29 figures, 30 what is due and cannot be settled,
--       31 brief ledgers, 32 payments, 33 when viewers last spoke in slow mode (what they hold:
--       Keys.java);
--       then the ledger of each viewer of the batch; then what entries name by its place after those;
--       then one that never is (Keys.java)
-- ARGV  1 channel of the room's feed
--       2 epoch and 3 revision the caller knows of
--       4 first millisecond and 5 the one after the last for which day and buckets are right
--       6 day, yyyy-MM-dd
--       7 terms, JSON
--       8 lifetimes, JSON
--       9 lineage of the primary, or nothing (RedisLink.java)
--       10 when it is too late, by this clock: who asked has been told by then that it failed
--       11 number of keyed entries, then an id field for each, then a digest for each
--       then the number of viewers, then their ids, in the order of their ledgers
--       then the entries: a kind, then its own arguments (each kind's file says which)
--
-- Returns {now, 'late'} when it is too late, and {now} when now is not within 4 and 5; nothing
-- happened. Else {now, epoch, revision, when something is due next or -1, and an outcome for each
-- entry}, words that Outcomes.java reads; then {key, field, ...} when records could not be read. An
-- entry that needs one of these is refused with `unavailable`.

-- In one table, by their names: a script has at most 200 locals.
local KEY = {
  head = KEYS[1], stream = KEYS[2], history = KEYS[3], settings = KEYS[4], points = KEYS[5],
  growth = KEYS[6], carry = KEYS[7], watch = KEYS[8], online = KEYS[9], viewers = KEYS[10],
  mutes = KEYS[11], grants = KEYS[12], said_ids = KEYS[13], said_ids_before = KEYS[14],
  ids = KEYS[15], ids_before = KEYS[16], deadlines = KEYS[17], active = KEYS[18],
  offers = KEYS[19], sales = KEYS[20], orders = KEYS[21], orders_log = KEYS[22],
  last_orders = KEYS[23], raffles = KEYS[24], lotteries = KEYS[25], tickets = KEYS[26],
  taps_of_lottery = KEYS[27], entered = KEYS[28], figures = KEYS[29], passed_over = KEYS[30],
  brief_ledgers = KEYS[31], payments = KEYS[32], spoken = KEYS[33],
}
local LEDGERS = 33 -- keys before the first ledger

local clock = redis.call('TIME')
local NOW = clock[1] * 1000 + math.floor(clock[2] / 1000)
if NOW >= tonumber(ARGV[10]) then
  return {NOW, 'late'}
end
if NOW < tonumber(ARGV[4]) or NOW >= tonumber(ARGV[5]) then
  return {NOW}
end

local NOW_TEXT = string.format('%d', NOW)
local CHANNEL, DAY = ARGV[1], ARGV[6]
local TERMS, LIVES = cjson.decode(ARGV[7]), cjson.decode(ARGV[8])
local MAX = 9007199254740991 -- 2^53 - 1, above which neither Lua nor JavaScript counts exactly

-- Lists that follow each other in ARGV, each after its length.
local at = 11
local function list_of(count)
  local first = at
  at = at + count
  return first, at - 1
end

local function counted()
  at = at + 1
  return tonumber(ARGV[at - 1])
end

-- What a refused entry returns in place of an outcome; `opens_at` with not_open.
local function refuse(code, retry_after_ms, opens_at)
  return false, 'refused ' .. code .. ' ' .. int[retry_after_ms or 0] .. ' ' .. int[opens_at or 0]
end

-- By kind: args, how many arguments it has; apply(index of the first, digest, id), which returns
-- the outcome; keyed, the ids that remember it, if any; lasting, how long a room is worth keeping that
-- has granted nothing else: 'look' or 'day', else for good; reads(as apply), what looks at all records
-- that apply needs, where apply itself reads some when it has changed others already; due(index of the
-- first), what stays due when it is stopped by a record that cannot be read.
local entries = {}
local finishers = {} -- run once all entries are decided
local writes = {} -- by file, what run.lua calls to write

-- What kinds of interaction do about what the kernel decides; lists of functions.
local hooks = {
  said = {}, -- (id, viewer, is_staff): a danmaku was accepted whose sender's room has the thing `id`
  tapped = {}, -- (viewer, taps, is_staff): taps were counted
  joined = {}, -- (viewer): returns words of what is theirs, as Outcomes.java reads them
  write = {}, -- (): writes what was decided
}

local function run_hooks(list, ...)
  for i = 1, #list do
    unreadable.guard(list[i], ...)
  end
end

local function finish(ending)
  finishers[#finishers + 1] = ending
end
