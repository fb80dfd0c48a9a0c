-- Records that cannot be read, because something else than these scripts wrote them. One stops what
-- cannot go on without it, and nothing else; each is told to the caller, who names it in the log.

local unreadable = {found = {}} -- found: key, field, key, field, ...

function unreadable.note(key, field)
  local found = unreadable.found
  found[#found + 1], found[#found + 2] = key, field
end

-- Stops whatever `guard` called. Nothing may have been changed by it before.
function unreadable.stop(key, field)
  error({unreadable_key = key, field = field}, 0)
end

local function passed(ok, first, second)
  if ok then
    return true, first, second
  end
  if type(first) ~= 'table' or not first.unreadable_key then
    error(first, 0)
  end
  unreadable.note(first.unreadable_key, first.field)
  return false
end

-- true and what f returns; false when an unreadable record stopped it.
function unreadable.guard(f, ...)
  return passed(pcall(f, ...))
end

function unreadable.is_one_of(words, word)
  return word and string.find(' ' .. words .. ' ', ' ' .. word .. ' ', 1, true) ~= nil
end

-- What is due and cannot be settled is tried again after as long as it has waited already.
function unreadable.pause_ms(waited_ms)
  return math.max(10000, math.min(3600000, waited_ms))
end

-- Whether a text is a JSON object with this id.
function unreadable.is_json_of(id, text)
  local ok, value = pcall(cjson.decode, text)
  return ok and type(value) == 'table' and value.id == id
end
