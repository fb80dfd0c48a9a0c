-- What modules of activities see where nothing is decided: their state.lua shows things, answers
-- questions (M.reads.NAME(a, b, …), which returns a list of texts) and audits (M.audit(thing), which
-- returns what does not agree, a text each). K is a part of what it is in a
-- commit; nothing may be written.
--
-- KEYS  those of the modules, found by their names
-- ARGV  as the file after this one says

local modules = {}
local clock = redis.call('TIME')
local now = clock[1] * 1000 + math.floor(clock[2] / 1000)

local K = {now = now, int = int, text = cjson.encode, prefix = string.match(KEYS[1], '^{.-}:')}

-- Points that lie in an account of the room.
function K.account(name)
  return tonumber(redis.call('HGET', K.prefix .. 'figures', 'account ' .. name) or 0)
end

function K.add(kind, key_names, ...)
  local own, keys = setmetatable({}, {__index = K}), {}
  for i = 1, #key_names do
    keys[key_names[i]] = K.prefix .. kind .. ':' .. key_names[i]
  end

  -- A key of one thing, as StoreEntry.key names it.
  function own.key(name)
    return K.prefix .. kind .. ':' .. name
  end

  -- A thing by its id; false when there is none, or what is kept of it is damaged.
  function own.thing(id)
    local text = redis.call('HGET', keys.things, id)
    local read, thing = pcall(cmsgpack.unpack, text or '')
    return text and read and type(thing) == 'table' and thing
  end

  -- What a hash of the module has for a field; false when nothing.
  function own.hash(key)
    return {get = function(_, field)
      return redis.call('HGET', key, field)
    end}
  end

  local module = {own = own, keys = keys, reads = {}}
  modules[kind] = module
  for _, file in ipairs({...}) do
    file(own, keys, module)
  end
end
