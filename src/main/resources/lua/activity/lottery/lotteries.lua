-- Lotteries. The tickets of the open one, and the taps since it opened, are under keys of their own;
-- the lock renames the tickets after the lottery, so that nothing can enter it any more.

local raffles, standings_of = hash(KEY.raffles), hash(KEY.lotteries) -- id -> text, see lottery.lua
local entered = hash(KEY.entered) -- viewer -> ids of lotteries, the active ones among them
local lotteries = {} -- by id, that this batch asked for; false when there is none
local dealt = {} -- those there are, in order

local function lottery_of(id)
  local lottery = lotteries[id]
  if lottery == nil then
    local standing = standings_of:get(id)
    lottery = standing and read_lottery(id, raffles:get(id), standing)
    if standing and not lottery then
      unreadable.stop(KEY.lotteries, id)
    end
    lotteries[id] = lottery
    if lottery then
      lottery.standing, lottery.taps = standing, hash(KEY.taps_of_lottery)
      lottery.taps.changes, lottery.taps.length = {}, 0 -- written by write_lotteries
      lottery.tickets = {} -- viewer, weight, viewer, weight … of this batch
      dealt[#dealt + 1] = lottery
    end
  end
  return lottery
end

local function takes_entries(lottery)
  return lottery.state == 'open' and NOW < lottery.locks
end

local function is_in(viewer, lottery)
  local ids = entered:get(viewer.id)
  return ids and string.find(' ' .. ids .. ' ', ' ' .. lottery.id .. ' ', 1, true) ~= nil
end

-- The lotteries a viewer is in that are not drawn yet, as words. One that cannot be read may be among them.
local function active_of(viewer)
  local words, count = '', 0
  for id in string.gmatch(entered:get(viewer.id) or '', '%S+') do
    local readable, lottery = unreadable.guard(lottery_of, id)
    if not readable or lottery and (lottery.state == 'open' or lottery.state == 'locked') then
      words, count = words .. id .. ' ', count + 1
    end
  end
  return words, count
end

-- Why a viewer may not enter; nothing when they may.
local function entry_refused(lottery, viewer, staff, way)
  if not takes_entries(lottery) then
    return 'ended'
  end
  if staff or lottery.entry ~= way then
    return 'not_eligible'
  end
  if is_in(viewer, lottery) then
    return 'already_entered'
  end
  if tier_of(viewer) <= lottery.min_tier then
    return 'tier_required'
  end
  if lottery.min_points > 0 and viewer.points < lottery.min_points
    or lottery.cost > 0 and viewer.points < lottery.cost then
    return 'insufficient_points'
  end
end

-- Enters one who may; the weight.
local function enter(lottery, viewer)
  local weight = lottery['weight' .. tier_of(viewer)]
  local tickets, active = lottery.tickets, active_of(viewer)
  if lottery.cost > 0 then
    post(line_of(viewer, 'lottery', lottery.id, 'lottery'), -lottery.cost, 0, 0)
  end
  tickets[#tickets + 1], tickets[#tickets + 2] = viewer.id, int[weight]
  entered:set(viewer.id, active .. lottery.id)
  lottery.entries = lottery.entries + 1
  return weight
end

local function tell(viewer, json)
  notify('tell ' .. viewer .. ' ' .. #json .. '\n' .. json)
end

-- Enters one who did not ask to be told why not.
local function try_to_enter(lottery, viewer, staff, way)
  if not entry_refused(lottery, viewer, staff, way) then
    tell(viewer.id, '{"type":"lottery.entered","lottery":"' .. lottery.id .. '","weight":'
      .. int[enter(lottery, viewer)] .. '}')
  end
end

-- The viewer said what may be the keyword of this lottery.
local function enter_by_keyword(id, viewer, staff)
  local lottery = lottery_of(id)
  if lottery then
    try_to_enter(lottery, viewer, staff, 'keyword')
  end
end

-- The viewer tapped so often, more than was known.
local function enter_by_likes(viewer, taps, staff)
  local lottery = room.lottery and lottery_of(room.lottery)
  if lottery and lottery.entry == 'likes' and takes_entries(lottery) and not staff then
    local all = math.min(MAX, lottery.taps:number(viewer.id) + taps)
    lottery.taps:set(viewer.id, int[all])
    if all >= lottery.min_likes then
      try_to_enter(lottery, viewer, staff, 'likes')
    end
  end
end

-- The lottery is told to the rooms as it is at the end of the batch.
local function change(lottery, state)
  lottery.state, lottery.changed = state, true
  if room.lottery == lottery.id and state ~= 'open' then
    room.lottery = nil
  end
end

local function event_of(lottery, type, rest)
  append('-', type, ',"lottery":"' .. lottery.id .. '"', rest .. '}')
end

local function finish_lottery(lottery)
  due('lottery ' .. lottery.id, nil)
  activate('lottery ' .. lottery.id, false)
end

finish(function()
  for i = 1, #dealt do
    local lottery = dealt[i]
    -- Of those who cannot be given back, others may stand in the way only when nobody else is left.
    if lottery.stuck and (#lottery.returned == 0 or lottery.left <= lottery.stuck) then
      unreadable.pass_over('costs ' .. lottery.id)
    end
    if lottery.changed then
      local json = lottery_json(lottery)
      notify('lottery ' .. lottery.id .. ' ' .. #json .. '\n' .. json)
    end
    local standing = lottery_standing(lottery)
    if standing ~= lottery.standing then
      standings_of:set(lottery.id, standing)
    end
  end
end)

local function write_lotteries()
  for i = 1, #dealt do
    local lottery = dealt[i]
    if #lottery.tickets > 0 then
      in_slices('HSET', KEY.tickets, lottery.tickets)
    end
    if lottery.sealed and redis.call('EXISTS', KEY.tickets) == 1 then
      redis.call('RENAME', KEY.tickets, lottery.sealed)
    elseif lottery.dropped then
      redis.call('UNLINK', KEY.tickets)
    end
    if lottery.sealed or lottery.dropped then
      redis.call('UNLINK', KEY.taps_of_lottery)
    else
      lottery.taps:write()
    end
    if lottery.returned and #lottery.returned > 0 then
      in_slices('HDEL', lottery.owed.key, lottery.returned)
    end
  end
end

-- open_lottery: id, the JSON up to the commitment, way to enter, seed, ms until it locks, taps that
--               enter, lowest tier (its rank), least points, cost, weight of each tier (4)
entries.open_lottery = {args = 13, keyed = all_ids, apply = function(arg)
  local id = ARGV[arg]
  local n = {}
  for i = 4, 12 do
    n[i] = tonumber(ARGV[arg + i])
    if n[i] < 0 or n[i] > MAX - NOW then
      return refuse('bad_request')
    end
  end
  if room.lottery then
    return refuse('wrong_state')
  end
  if lottery_of(id) then
    return refuse('conflict')
  end
  n[4] = NOW + n[4]
  local words = {ARGV[arg + 2], ARGV[arg + 3]}
  for i = 4, 12 do
    words[#words + 1] = int[n[i]]
  end
  local json = ARGV[arg + 1] .. ',"locksAt":' .. int[n[4]] .. '}'
  raffles:set(id, table.concat(words, ' ') .. '\n' .. json)
  standings_of:set(id, 'open 0 -\n')
  lotteries[id] = nil
  local lottery = lottery_of(id)
  setmetatable(lottery.taps.values, {__index = function() return false end}) -- those of no other
  room.lottery = id
  change(lottery, 'open')
  due('lottery ' .. id, lottery.locks)
  activate('lottery ' .. id, true)
  list_show('lottery', id)
  append('-', 'lottery.opened', ',"lottery":', json .. '}')
  return 'lottery ' .. lottery_json(lottery)
end}

-- enter: lottery, viewer, 1 for staff
entries.enter = {args = 3, keyed = all_ids, apply = function(arg)
  local lottery, viewer = lottery_of(ARGV[arg]), viewer_at(arg + 1)
  local reason = 'not_found'
  if lottery then
    reason = entry_refused(lottery, viewer, ARGV[arg + 2] == '1', 'click')
  end
  if reason then
    return refuse(reason)
  end
  local weight = enter(lottery, viewer)
  return 'entered ' .. int[weight] .. ' ' .. int[lottery.entries]
end}

local function lock(lottery, tickets_key)
  change(lottery, 'locked')
  lottery.sealed = tickets_key
end

-- lock: lottery, key of its tickets
entries.lock = {args = 2, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if not lottery and unreadable.is_due('lottery ' .. ARGV[arg]) then
    standings_of:stop(ARGV[arg])
  end
  if lottery and lottery.state == 'open' and NOW >= lottery.locks then
    lock(lottery, extra_key(arg + 1))
  end
  return 'done'
end, due = function(arg)
  return 'lottery ' .. ARGV[arg]
end}

-- draw: lottery, key of its tickets
entries.draw = {args = 2, keyed = all_ids, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if not lottery then
    return refuse('not_found')
  end
  if not takes_entries(lottery) then
    return refuse('wrong_state')
  end
  lock(lottery, extra_key(arg + 1))
  due('lottery ' .. lottery.id, NOW)
  return 'lottery ' .. lottery_json(lottery)
end}

-- announce: lottery, entries, hash of them
entries.announce = {args = 3, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if not lottery then
    return refuse('not_found')
  end
  if lottery.hash then
    return 'done'
  end
  if lottery.state ~= 'locked' or lottery.entries ~= tonumber(ARGV[arg + 1]) then
    return refuse('wrong_state')
  end
  lottery.hash = ARGV[arg + 2]
  change(lottery, 'locked')
  event_of(lottery, 'lottery.locked', ',"entries":' .. int[lottery.entries] .. ',"entriesHash":"'
    .. lottery.hash .. '"')
  return 'done'
end}

-- record: lottery, winners as JSON [[viewer, prize], …]
entries.record = {args = 2, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if not lottery then
    return refuse('not_found')
  end
  if lottery.state == 'drawn' then
    return 'done'
  end
  if lottery.state ~= 'locked' or not lottery.hash then
    return refuse('wrong_state')
  end
  local winners = {}
  for i, winner in ipairs(cjson.decode(ARGV[arg + 1])) do
    local viewer, prize = winner[1], cjson.encode(winner[2])
    local name = string.match(names:get(viewer) or '', '^%S+ (.*)$') or nameless(viewer)
    winners[i] = '{"viewer":"' .. viewer .. '","name":' .. cjson.encode(name) .. ',"prize":' .. prize
      .. '}'
    tell(viewer, '{"type":"lottery.won","lottery":"' .. lottery.id .. '","prize":' .. prize .. '}')
  end
  lottery.winners = '[' .. table.concat(winners, ',') .. ']'
  change(lottery, 'drawn')
  finish_lottery(lottery)
  event_of(lottery, 'lottery.drawn', ',"seed":"' .. lottery.seed .. '","winners":' .. lottery.winners)
  return 'done'
end}

-- cancel_lottery: lottery, key of its tickets
entries.cancel_lottery = {args = 2, keyed = all_ids, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if not lottery then
    return refuse('not_found')
  end
  if not takes_entries(lottery) then
    return refuse('wrong_state')
  end
  change(lottery, 'cancelled')
  activate('lottery ' .. lottery.id, false)
  due('lottery ' .. lottery.id, NOW) -- to be told
  lottery.cancelled_now = true
  if lottery.cost > 0 and lottery.entries > 0 then
    lottery.sealed = extra_key(arg + 1)
    due('costs ' .. lottery.id, NOW)
  else
    lottery.dropped = true
  end
  return 'lottery ' .. lottery_json(lottery)
end}

-- tell_cancelled: lottery
entries.tell_cancelled = {args = 1, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  if lottery and lottery.state == 'cancelled' and not lottery.cancelled_now and not lottery.told
    and redis.call('ZSCORE', KEY.deadlines, 'lottery ' .. lottery.id) then
    lottery.told = true
    due('lottery ' .. lottery.id, nil)
    event_of(lottery, 'lottery.cancelled', ',"seed":"' .. lottery.seed .. '"')
  end
  return 'done'
end}

-- return_cost: lottery, key of its tickets, viewer
entries.return_cost = {args = 3, apply = function(arg)
  local lottery = lottery_of(ARGV[arg])
  -- One cancelled in this batch has its tickets under another key until the end.
  if not lottery or lottery.state ~= 'cancelled' or lottery.sealed then
    return 'done'
  end
  if not lottery.owed then
    lottery.owed, lottery.returned = hash(extra_key(arg + 1)), {}
    lottery.left = read('HLEN', lottery.owed.key)
  end
  local readable, viewer, line = unreadable.guard(function()
    local viewer = viewer_at(arg + 2)
    return viewer, line_of(viewer, 'lottery.refund', lottery.id, 'lottery.refund')
  end)
  if not readable then
    lottery.stuck = (lottery.stuck or 0) + 1
    return refuse('unavailable')
  end
  if lottery.owed:get(viewer.id) then
    post(line, lottery.cost, 0, 0)
    lottery.owed.values[viewer.id] = false
    lottery.returned[#lottery.returned + 1] = viewer.id
    lottery.left = lottery.left - 1
  end
  if lottery.left == 0 then
    due('costs ' .. lottery.id, nil)
  end
  return 'done'
end, due = function(arg)
  return 'costs ' .. ARGV[arg]
end}

-- pass_over: what is due and turned out to need what cannot be read
entries.pass_over = {args = 1, lasting = 'look', apply = function(arg)
  unreadable.pass_over(ARGV[arg])
  return 'done'
end}

hooks.joined[#hooks.joined + 1] = function(viewer)
  local active, count = active_of(viewer)
  return count .. ' ' .. active
end
hooks.said[#hooks.said + 1] = enter_by_keyword
hooks.tapped[#hooks.tapped + 1] = enter_by_likes
hooks.write[#hooks.write + 1] = write_lotteries
