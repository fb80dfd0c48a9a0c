-- commits_after: the records of the commits after a revision, oldest first.
--
-- KEYS  1 head, 2 stream
-- ARGV  1 epoch, 2 revision, 3 at most how many, 4 bytes after which no more are added
--
-- Returns {1, {record, ...}}, or {0, {}} when it cannot tell all of them from revision + 1 on.

local PAGE = 50

local head = redis.call('HMGET', KEYS[1], 'epoch', 'rev')
local revision = tonumber(ARGV[2])
if not head[1] or tonumber(head[1]) ~= tonumber(ARGV[1]) or (tonumber(head[2] or 0) or -1) < revision then
  return {0, {}}
end

local records, bytes = {}, 0
local newest = tonumber(head[2] or 0)
while revision < newest and #records < tonumber(ARGV[3]) and bytes < tonumber(ARGV[4]) do
  local first = ARGV[1] .. '-' .. string.format('%d', revision + 1)
  local page = redis.call('XRANGE', KEYS[2], first, '+', 'COUNT', PAGE)
  if #page == 0 or page[1][1] ~= first then
    return {0, {}}
  end
  for i = 1, #page do
    local record = page[i][2][2]
    records[#records + 1] = record
    bytes = bytes + #record
  end
  revision = revision + #page
end
return {1, records}
