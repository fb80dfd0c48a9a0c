-- What the streamer has set.

local settings = hash(KEY.settings)

-- configure: slowModeMs, membersOnly, minTier, silenced, each empty to leave it as it is
entries.configure = {args = 4, apply = function(arg)
  local slow = settings:get('slowModeMs') or '0'
  local members = settings:get('membersOnly') or 'false'
  local tier = settings:get('minTier') or 'regular'
  local silenced = settings:get('silenced') or 'false'
  local now_set = {slow, members, tier, silenced}
  local changes = false
  for i, field in ipairs({'slowModeMs', 'membersOnly', 'minTier', 'silenced'}) do
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
