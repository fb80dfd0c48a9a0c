-- What is due and when: sales to turn, orders that expire, lotteries to lock, costs to give back.
-- And what of it is active, for those who open the room.

local due_at = {} -- thing -> when; false when it is due no longer
unreadable.passed_over = {} -- thing -> since when
local is_active = {} -- thing -> whether it has become so, or is no longer

local function due(thing, at_ms)
  due_at[thing] = at_ms or false
end

function unreadable.is_due(thing)
  return redis.call('ZSCORE', KEY.deadlines, thing) ~= false
end

-- Due again after a while, because something that it needs cannot be read. `anew`: due from now on.
function unreadable.pass_over(thing, anew)
  if not anew and not unreadable.is_due(thing) then
    return
  end
  local passed_over = unreadable.passed_over
  local since = passed_over[thing] or tonumber(redis.call('ZSCORE', KEY.passed_over, thing) or NOW)
  passed_over[thing] = since
  due(thing, NOW + unreadable.pause_ms(NOW - since))
end

local function activate(thing, active)
  is_active[thing] = active
end

local function write_deadlines()
  local later, n = {}, 0
  local gone, m = {}, 0
  for thing, at_ms in pairs(due_at) do
    if at_ms then
      later[n + 1], later[n + 2] = int[at_ms], thing
      n = n + 2
    else
      m = m + 1
      gone[m] = thing
    end
  end
  if redis.call('EXISTS', KEY.passed_over) == 1 then
    for thing in pairs(due_at) do
      if not unreadable.passed_over[thing] then
        redis.call('ZREM', KEY.passed_over, thing)
      end
    end
  end
  for thing, since in pairs(unreadable.passed_over) do
    redis.call('ZADD', KEY.passed_over, int[since], thing)
  end
  if n > 0 then
    in_slices('ZADD', KEY.deadlines, later)
  end
  if m > 0 then
    in_slices('ZREM', KEY.deadlines, gone)
  end
  for thing, active in pairs(is_active) do
    redis.call(active and 'SADD' or 'SREM', KEY.active, thing)
  end
end

-- When something is due next, -1 when nothing is.
local function next_due()
  local first = redis.call('ZRANGE', KEY.deadlines, 0, 0, 'WITHSCORES')
  return tonumber(first[2] or -1)
end
