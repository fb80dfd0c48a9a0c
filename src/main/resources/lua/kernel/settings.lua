-- What the streamer has set.

local settings = hash(KEY.settings) -- see setting.lua

-- configure: slowModeMs, membersOnly, minTier, silenced, each empty to leave it as it is
entries.configure = {args = 4, apply = function(arg)
  local now_set = {}
  for i, field in ipairs(setting.names) do
    local value = settings:get(field) or setting.defaults[field]
    if not setting.is_of(field, value) and ARGV[arg + i - 1] == '' then
      settings:stop(field)
    end
    now_set[i] = value
  end
  local changes = false
  for i, field in ipairs(setting.names) do
    local value = ARGV[arg + i - 1]
    if value ~= '' and value ~= now_set[i] then
      now_set[i] = value
      settings:set(field, value)
      changes = true
    end
  end
  local words = table.concat(now_set, ' ')
  if changes then
    append('-', 'room.settings', ',"settings":', '{"slowModeMs":' .. now_set[1] .. ',"membersOnly":'
      .. now_set[2] .. ',"minTier":"' .. now_set[3] .. '","silenced":' .. now_set[4] .. '}}')
    notify('changed ' .. words .. '\n')
  end
  return 'settled ' .. words
end}
