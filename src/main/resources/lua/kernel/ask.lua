-- ask: what is kept of one activity.
--
-- KEYS  the module's own, then those that the question names
-- ARGV  1 kind, 2 question, then its arguments
--
-- The questions that all kinds have: `thing` id, 1 for the room's staff; `things` id of the last one
-- known, or nothing; how many; 1 for the room's staff; `audit` as `things`: the last id of a page, or nothing when there are no more, how many were
-- looked at, then what does not agree. Returns a list of texts.

local module = modules[ARGV[1]]
local question = ARGV[2]
if question == 'thing' then
  local thing = module.own.thing(ARGV[3])
  return thing and {module.show(thing, ARGV[4] == '1')} or {}
end

-- Ids of things, newest first.
local function page(last, count)
  local from = 0
  if last ~= '' then
    local rank = redis.call('ZREVRANK', module.keys.list, last)
    if not rank then
      return {}
    end
    from = rank + 1
  end
  return redis.call('ZREVRANGE', module.keys.list, from, from + count - 1)
end

if question == 'things' then
  local shown = {}
  for _, id in ipairs(page(ARGV[3], ARGV[4])) do
    local thing = module.own.thing(id)
    if thing then
      shown[#shown + 1] = module.show(thing, ARGV[5] == '1')
    end
  end
  return shown
end
if question == 'audit' then
  local ids = page(ARGV[3], ARGV[4])
  local reply = {ids[#ids] or '', #ids .. ''}
  for _, id in ipairs(ids) do
    local thing = module.own.thing(id)
    local faults = thing and (module.audit and module.audit(thing) or {}) or {'it cannot be read'}
    for _, fault in ipairs(faults) do
      reply[#reply + 1] = ARGV[1] .. ' ' .. id .. ': ' .. fault
    end
  end
  return reply
end
return module.reads[question](unpack(ARGV, 3))
