-- Danmaku, said and deleted.

-- What goes between the number and what Messages.danmakuTail wrote; the same as
-- Messages.danmakuHead writes.
local after_seq = {}
for tier = 1, 4 do
  after_seq[tier] = ',"at":' .. NOW_TEXT .. ',"viewer":{"tier":"' .. TIERS[tier] .. '",'
end

local function say(viewer, tail)
  local till = muted_until(viewer)
  if till ~= 0 then
    return refuse('muted', till > 0 and till - NOW or 0)
  end
  local tier = tier_of(viewer) -- before what this danmaku earns
  local seq = append(tier - 1, 'danmaku', after_seq[tier], tail)
  room.danmaku = room.danmaku + 1
  award(viewer, 'danmaku', TERMS.danmaku, 1)
  return 'said ' .. int[seq]
end

-- say: viewer, the event's JSON after the sender's tier
entries.say = {args = 2, keyed = said_ids, apply = function(arg)
  return say(viewer_at(arg), ARGV[arg + 1])
end}

-- say_and_enter: as say, lottery, 1 for staff
entries.say_and_enter = {args = 4, keyed = said_ids, apply = function(arg)
  local outcome, refusal = say(viewer_at(arg), ARGV[arg + 1])
  if outcome then
    enter_by_keyword(ARGV[arg + 2], viewer_at(arg), ARGV[arg + 3] == '1')
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
