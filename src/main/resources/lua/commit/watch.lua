-- Time watched. Spans of several connections overlap; what is behind the end of the last one
-- counted has been counted.

-- Told in parts, each of which is some milliseconds on its way: what is between two is no absence.
local BRIDGED_MS = 250

local watch = hash(KEY.watch) -- viewer -> end of the last span, milliseconds not yet awarded

-- watched: viewer, milliseconds since the span began, milliseconds since it ended
entries.watched = {args = 3, apply = function(arg)
  local viewer = viewer_at(arg)
  local from, to = NOW - tonumber(ARGV[arg + 1]), NOW - tonumber(ARGV[arg + 2])
  local last, waiting = 0, 0
  local kept = watch:get(viewer.id)
  if kept then
    local a, b = string.match(kept, '^(%d+) (%d+)$')
    last, waiting = tonumber(a), tonumber(b)
  end
  local new = to - (from - last <= BRIDGED_MS and last or from)
  if new > 0 then
    waiting = waiting + new
    local left = waiting % TERMS.watchMs
    watch:set(viewer.id, int[to] .. ' ' .. int[left])
    award(viewer, 'watch', TERMS.watch, (waiting - left) / TERMS.watchMs)
  end
  return 'done'
end}
