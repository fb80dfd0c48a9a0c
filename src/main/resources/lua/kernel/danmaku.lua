-- Danmaku, said and deleted.

-- What goes between the number and what Messages.danmakuTail wrote; the same as
-- Messages.danmakuHead writes.
local after_seq = {}
for tier = 1, 4 do
  after_seq[tier] = ',"at":' .. NOW_TEXT .. ',"viewer":{"tier":"' .. TIERS[tier] .. '",'
end

-- The room's slow mode: how long a viewer of this tier is to be silent after a danmaku, whichever
-- node it came from.
settings.spoken = hash(KEY.spoken) -- viewer -> when they last spoke in it
settings.spoken.expires = LIVES.spoken

local function pause_of(tier)
  local over, under = TERMS.tiers[tier][4], TERMS.tiers[tier][5]
  local pause = settings:number('slowModeMs') * over
  return (pause - pause % under) / under
end

-- slowed: 1 where slow mode concerns the viewer.
local function say(viewer, tail, slowed)
  local till = muted_until(viewer)
  if till ~= 0 then
    return refuse('muted', till > 0 and till - NOW or 0)
  end
  local tier = tier_of(viewer) -- before what this danmaku earns
  local pause = slowed == '1' and pause_of(tier) or 0
  if pause > 0 then
    local next_at = settings.spoken:number(viewer.id) + pause
    if NOW < next_at and next_at - NOW <= pause then -- a clock that went back silences nobody
      return refuse('slow_mode', next_at - NOW)
    end
  end
  if not line_of(viewer, 'danmaku', DAY, 'danmaku').kept then
    carry:set(viewer.id .. '|spoken', '1') -- the first time today
  end
  award(viewer, 'danmaku', TERMS.danmaku, 1)
  if pause > 0 then
    settings.spoken:set(viewer.id, NOW_TEXT)
  end
  local seq = append(tier - 1, 'danmaku', after_seq[tier], tail)
  room.danmaku = room.danmaku + 1
  return 'said ' .. int[seq]
end

-- say: viewer, the event's JSON after the sender's tier, 1 if slow mode concerns the viewer
entries.say = {args = 3, keyed = said_ids, lasting = 'day', apply = function(arg)
  return say(viewer_at(arg), ARGV[arg + 1], ARGV[arg + 2])
end}

-- say_and_enter: as say, lottery, 1 for staff
entries.say_and_enter = {args = 5, keyed = said_ids, apply = function(arg)
  local outcome, refusal = say(viewer_at(arg), ARGV[arg + 1], ARGV[arg + 2])
  if outcome then
    run_hooks(hooks.said, ARGV[arg + 3], viewer_at(arg), ARGV[arg + 4] == '1')
  end
  return outcome, refusal
end}

local kept_before -- how many events history holds; read when a deletion first asks
local replaced = {} -- index from the end of history, -1 the last -> element

local function element_of(seq)
  kept_before = kept_before or redis.call('LLEN', KEY.history)
  if seq > seq_before then
    return events[seq - seq_before]
  end
  local index = seq - seq_before - 1
  if index < -kept_before then
    return nil
  end
  return replaced[index] or redis.call('LINDEX', KEY.history, index)
end

-- delete: seq
entries.delete = {args = 1, apply = function(arg)
  local seq = tonumber(ARGV[arg])
  local element = seq > 0 and element_of(seq)
  if not element or string.sub(element, 1, 1) == '-' then
    return refuse('not_found')
  end
  -- A quote inside a JSON string is written \", so this is where the viewer object ends.
  local cut = string.find(element, '},"text":', 1, true)
  if cut then
    local cleared = string.sub(element, 1, cut) .. ',"deleted":true}'
    if seq > seq_before then
      events[seq - seq_before] = cleared
    else
      replaced[seq - seq_before - 1] = cleared
    end
    append('-', 'danmaku.deleted', ',"target":' .. int[seq], '}')
    notify('deleted ' .. int[seq] .. '\n')
  end
  return 'done'
end}

function writes.deletions()
  for index, element in pairs(replaced) do
    redis.call('LSET', KEY.history, index, element)
  end
end
