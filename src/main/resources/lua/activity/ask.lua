-- ask: what is kept of one activity.
--
-- KEYS  the module's own, then those that the question names
-- ARGV  1 kind, 2 question, then its arguments
--
-- The questions that all kinds have: `thing` id; `things` id of the last one known, or nothing; how
-- many. Returns a list of texts.

local module = modules[ARGV[1]]
local question = ARGV[2]
if question == 'thing' then
  local thing = module.own.thing(ARGV[3])
  return thing and {module.show(thing)} or {}
end
if question == 'things' then
  local from = 0
  if ARGV[3] ~= '' then
    local rank = redis.call('ZREVRANK', module.keys.list, ARGV[3])
    if not rank then
      return {}
    end
    from = rank + 1
  end
  local shown = {}
  for _, id in ipairs(redis.call('ZREVRANGE', module.keys.list, from, from + ARGV[4] - 1)) do
    local thing = module.own.thing(id)
    if thing then
      shown[#shown + 1] = module.show(thing)
    end
  end
  return shown
end
return module.reads[question](unpack(ARGV, 3))
