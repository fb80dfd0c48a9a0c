-- The viewers of the batch and where they stand.

local TIERS = {'regular', 'silver', 'gold', 'diamond'}
local mutes = hash(KEY.mutes)
local names = hash(KEY.viewers) -- viewer -> role .. ' ' .. name
local viewers = {}
local first_viewer, last_viewer -- where their ids are in ARGV
do
  local count = counted()
  first_viewer, last_viewer = list_of(count)
  if count > 0 then
    local points = redis.call('HMGET', KEY.points, unpack(ARGV, first_viewer, last_viewer))
    local growth = redis.call('HMGET', KEY.growth, unpack(ARGV, first_viewer, last_viewer))
    local function number(text)
      return string.find(text or '0', '^%-?%d+$') and tonumber(text or 0)
    end
    for i = 1, count do
      local has, grown = number(points[i]), number(growth[i])
      viewers[i] = {
        id = ARGV[first_viewer + i - 1],
        ledger = KEYS[LEDGERS + i],
        points = has or 0,
        growth = grown or 0,
        unreadable = not has and KEY.points or not grown and KEY.growth or nil, -- the key with the balance
      }
    end
  end
end

-- What a hash has for a viewer of the batch; of all of them, once one is asked for.
function Hash:of(viewer)
  if not self.has_viewers then
    self:fetch(first_viewer, last_viewer)
    self.has_viewers = true
  end
  return self.values[viewer.id]
end

local function viewer_at(index)
  local viewer = viewers[tonumber(ARGV[index])]
  if viewer.unreadable then
    unreadable.stop(viewer.unreadable, viewer.id)
  end
  return viewer
end

-- A key that an entry names by its place after the ledgers.
local function extra_key(index)
  return KEYS[LEDGERS + #viewers + tonumber(ARGV[index])]
end

-- 1 for the lowest.
local function tier_of(viewer)
  for tier = 4, 2, -1 do
    if viewer.growth >= TERMS.tiers[tier][1] then
      return tier
    end
  end
  return 1
end

-- Until when a viewer may not speak: 0 not muted, -1 for good.
local function muted_until(viewer)
  mutes:of(viewer)
  local till = mutes:number(viewer.id)
  if till > 0 and till <= NOW then
    return 0
  end
  return till
end

-- What one is called whose token was never seen: the same as Viewer.nameOf.
local function nameless(id)
  return string.sub(id, 1, 32)
end

-- `shows`: how many orders and the orders, how many lotteries and the lotteries; by default none.
-- `till`: until when they are muted, where that is known.
local function stands(viewer, shows, till)
  return 'stands ' .. tier_of(viewer) - 1 .. ' ' .. int[viewer.points] .. ' ' .. int[viewer.growth]
    .. ' ' .. int[till or muted_until(viewer)] .. ' ' .. (shows or '0 0 ')
    .. (names:get(viewer.id) or 'viewer ' .. nameless(viewer.id))
end

-- look: viewer
entries.look = {args = 1, lasting = 'look', apply = function(arg)
  return stands(viewer_at(arg))
end}

-- mute: viewer, milliseconds (-1 for good, 0 lifts)
entries.mute = {args = 2, keyed = all_ids, apply = function(arg)
  local viewer, duration = viewer_at(arg), tonumber(ARGV[arg + 1])
  if duration < -1 or duration > MAX - NOW then
    return refuse('bad_request')
  end
  local till = duration > 0 and NOW + duration or duration
  if till ~= muted_until(viewer) then
    mutes:set(viewer.id, int[till])
    notify('muted ' .. viewer.id .. ' ' .. int[till] .. '\n')
  end
  return 'muted ' .. int[till]
end}
