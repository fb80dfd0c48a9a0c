-- ledger: a page of a viewer's ledger, the oldest lines first.
--
-- KEYS  1 the viewer's ledger, 2 brief ledgers, 3 one that never is (Keys.java)
-- ARGV  1 viewer, 2 how many lines there were in the pages before, 3 at most how many
--
-- Returns {how many lines there were with this page or -1 at the end, field, value, ...}

local from, most = tonumber(ARGV[2]), tonumber(ARGV[3])
local reply = {-1}
local text = redis.call('HGET', KEYS[2], ARGV[1])
local fields, values, count = {}, {}, 0
if text then
  local brief = lines.of_brief(text)
  if not brief then
    reply[2], reply[3] = '', text -- no line: the caller sees that it cannot be read
    return reply
  end
  count = #brief.fields
  for n = from + 1, math.min(count, from + most) do
    fields[#fields + 1] = brief.fields[n]
    values[#values + 1] = brief.values[brief.fields[n]]
  end
else
  count = tonumber(redis.call('HGET', KEYS[1], '#') or lines.number(KEYS[1])) or 0
  local numbers = {}
  for n = from + 1, math.min(count, from + most) do
    numbers[#numbers + 1] = '#' .. int[n]
  end
  if #numbers > 0 then
    fields = redis.call('HMGET', KEYS[1], unpack(numbers))
    for i = 1, #numbers do
      fields[i] = fields[i] or numbers[i]
    end
    values = redis.call('HMGET', KEYS[1], unpack(fields))
  end
end
for i = 1, #fields do
  reply[2 * i], reply[2 * i + 1] = fields[i], values[i] or ''
end
if #fields > 0 and from + #fields < count then
  reply[1] = from + #fields
end
return reply
