-- A hash of the room: read field by field when asked, or many in one go; written once, at the end.

local Hash = {}
Hash.__index = Hash
local changed_hashes = {}

local function hash(key)
  return setmetatable({key = key, values = {}}, Hash)
end

-- false when there is none.
function Hash:get(field)
  local value = self.values[field]
  if value == nil then
    value = redis.call('HGET', self.key, field)
    self.values[field] = value
  end
  return value
end

function Hash:number(field)
  return tonumber(self:get(field) or 0)
end

-- The fields ARGV[first] to ARGV[last].
function Hash:fetch(first, last)
  if first > last then
    return
  end
  local found = redis.call('HMGET', self.key, unpack(ARGV, first, last))
  local values = self.values
  for i = 1, #found do
    values[ARGV[first + i - 1]] = found[i]
  end
end

function Hash:set(field, value)
  if not self.changes then
    self.changes = {}
    changed_hashes[#changed_hashes + 1] = self
  end
  self.values[field] = value
  self.changes[field] = value
end

function Hash:write()
  local args, n = {}, 0
  for field, value in pairs(self.changes) do
    args[n + 1] = field
    args[n + 2] = value
    n = n + 2
    if n == 1000 then -- unpack has a limit
      redis.call('HSET', self.key, unpack(args, 1, n))
      n = 0
    end
  end
  if n > 0 then
    redis.call('HSET', self.key, unpack(args, 1, n))
  end
end
