-- Time watched. Spans of several connections overlap; what is behind the end of the last one
-- counted has been counted.

-- Told in parts, each of which is some milliseconds on its way: what is between two is no absence.
local BRIDGED_MS = 250

local watch = hash(KEY.watch) -- viewer -> end of the last span, milliseconds not yet awarded

-- watched: viewer, milliseconds since the span began, milliseconds since it ended
entries.watched = {args = 3, lasting = 'day', apply = function(arg)
  local viewer = viewer_at(arg)
  local from, to = NOW - tonumber(ARGV[arg + 1]), NOW - tonumber(ARGV[arg + 2])
  local last, waiting = watch:match(viewer.id, '^(%d+) (%d+)$')
  last, waiting = tonumber(last or 0), tonumber(waiting or 0)
  local new = to - (from - last <= BRIDGED_MS and last or from)
  if new > 0 then
    waiting = waiting + new
    local all = viewer.id .. '|watched'
    carry:set(all, int[carry:number(all) + new])
    local left = waiting % TERMS.watchMs
    award(viewer, 'watch', TERMS.watch, (waiting - left) / TERMS.watchMs)
    watch:set(viewer.id, int[to] .. ' ' .. int[left])
  end
  return 'done'
end}
