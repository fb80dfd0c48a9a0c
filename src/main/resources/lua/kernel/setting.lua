-- Settings as they are kept, and what they are where nothing is kept.

local setting = {
  names = {'slowModeMs', 'membersOnly', 'minTier', 'silenced'},
  defaults = {slowModeMs = '0', membersOnly = 'false', minTier = 'regular', silenced = 'false'},
}

-- Whether a value can be that of a setting.
function setting.is_of(name, value)
  if name == 'slowModeMs' then
    return string.find(value, '^%d+$') ~= nil
  end
  return unreadable.is_one_of(name == 'minTier' and 'regular silver gold diamond' or 'true false', value)
end
