-- A hash of the room: read field by field when asked, or many in one go; written once, at the end,
-- where of several values the last one stays.

local Hash = {}
Hash.__index = Hash
local changed_hashes = {}

local function hash(key)
  return setmetatable({key = key, values = {}}, Hash)
end

-- What a command that reads answers. A key may turn out to be no hash at all.
local function read(command, key, ...)
  local answer = redis.pcall(command, key, ...)
  if type(answer) == 'table' and answer.err then
    if string.find(answer.err, 'WRONGTYPE', 1, true) then
      unreadable.stop(key, '')
    end
    error(answer.err, 0)
  end
  return answer
end

-- false when there is none.
function Hash:get(field)
  local value = self.values[field]
  if value == nil then
    value = read('HGET', self.key, field)
    self.values[field] = value
  end
  return value
end

function Hash:stop(field)
  unreadable.stop(self.key, field)
end

-- The numbers and words of a value, as a pattern captures them; nothing when there is no value.
function Hash:match(field, pattern)
  local value = self:get(field)
  if value then
    if not string.find(value, pattern) then
      self:stop(field)
    end
    return string.match(value, pattern)
  end
end

function Hash:number(field)
  return tonumber(self:match(field, '^%-?%d+$') or 0)
end

-- The fields ARGV[first] to ARGV[last], but for those that are known.
function Hash:fetch(first, last)
  if first > last then
    return
  end
  local found = read('HMGET', self.key, unpack(ARGV, first, last))
  local values = self.values
  for i = 1, #found do
    local field = ARGV[first + i - 1]
    if values[field] == nil then
      values[field] = found[i]
    end
  end
end

function Hash:set(field, value)
  self.values[field] = value
  self:put(field, value)
end

-- Sets what nobody asks this hash for again in this batch.
function Hash:put(field, value)
  local changes, n = self.changes, self.length
  if not changes then
    changes, n = {}, 0
    self.changes = changes
    changed_hashes[#changed_hashes + 1] = self
  end
  changes[n + 1], changes[n + 2] = field, value
  self.length = n + 2
end

-- A command for a list of arguments; unpack has a limit, and an even number keeps pairs together.
local function in_slices(command, key, list)
  for first = 1, #list, 1000 do
    redis.call(command, key, unpack(list, first, math.min(first + 999, #list)))
  end
end

function Hash:write()
  in_slices('HSET', self.key, self.changes)
end
