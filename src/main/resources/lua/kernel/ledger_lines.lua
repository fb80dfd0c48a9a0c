-- The lines of a ledger are numbered from 1, in the order in which they came to be, so that they can be
-- told in pages:
--   #      how many there are
--   #N     the field of the Nth
-- Beside each of these stands the line itself. No line's field begins with #.

local lines = {}

-- Numbers the lines of a ledger that was kept before lines were numbered; how many there are.
function lines.number(ledger)
  local fields = redis.call('HKEYS', ledger)
  local count = 0
  for i = 1, #fields do
    if string.sub(fields[i], 1, 1) ~= '#' then
      count = count + 1
      redis.call('HSET', ledger, '#' .. int[count], fields[i])
    end
  end
  if count > 0 then
    redis.call('HSET', ledger, '#', int[count])
  end
  return count
end

-- A brief ledger: its lines as one text, each a line of it: field, tab, value. nil when it cannot be read.
function lines.of_brief(text)
  local brief = {fields = {}, values = {}}
  for line in string.gmatch(text, '[^\n]+') do
    local field, value = string.match(line, '^([^\t]+ [^\t]+)\t(.+)$')
    if not field then
      return nil
    end
    brief.fields[#brief.fields + 1] = field
    brief.values[field] = value
  end
  return brief
end
