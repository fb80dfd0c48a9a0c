-- Likes.

local likes_before = room.likes
local taps = {} -- key -> {counted = taps of the connection, last = whether it is gone}

-- tap: viewer, which of the KEYS after the ledgers counts the connection, taps since it began,
--      1 if it is gone, 1 for staff
entries.tap = {args = 5, lasting = 'day', apply = function(arg)
  local viewer, key, total = viewer_at(arg), extra_key(arg + 1), tonumber(ARGV[arg + 2])
  local connection = taps[key]
  if not connection then
    local counted = read('GET', key) or '0'
    if not string.find(counted, '^%d+$') then
      unreadable.stop(key, '')
    end
    connection = {counted = tonumber(counted)}
    taps[key] = connection
  end
  connection.last = connection.last or ARGV[arg + 3] == '1'
  local new = total - connection.counted
  if new > 0 and total <= MAX and room.likes + new <= MAX then
    local field = viewer.id .. '|taps'
    local waiting = carry:number(field) + new
    local left = waiting % TERMS.likeTaps
    award(viewer, 'likes', TERMS.likes, (waiting - left) / TERMS.likeTaps)
    carry:set(field, int[left])
    connection.counted = total
    room.likes = room.likes + new
    run_hooks(hooks.tapped, viewer, new, ARGV[arg + 4] == '1')
  end
  return 'done'
end}

finish(function()
  if room.likes ~= likes_before then
    notify('likes ' .. int[room.likes] .. '\n')
  end
end)

-- A connection that is gone is remembered a little longer: its last taps may come again, when
-- their outcome is unknown to who sent them.
function writes.taps()
  for key, connection in pairs(taps) do
    redis.call('SET', key, int[connection.counted], 'EX',
      connection.last and LIVES.lastTaps or LIVES.taps)
  end
end
