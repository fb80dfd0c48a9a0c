-- Who is there: node -> connections at, believed for a while.

local nodes -- read when an entry first asks
local present = {} -- node -> {count, at}

-- presence: node, connections
entries.presence = {args = 2, lasting = 'look', apply = function(arg)
  if not nodes then
    nodes = redis.call('HGETALL', KEY.online)
    for i = 1, #nodes, 2 do
      local count, at_ms = string.match(nodes[i + 1], '^(%d+) (%d+)$')
      if not count then
        unreadable.note(KEY.online, nodes[i]) -- and removed, like that of a node which is gone
      end
      present[nodes[i]] = {count = tonumber(count or 0), at = tonumber(at_ms or 0)}
    end
  end
  present[ARGV[arg]] = {count = tonumber(ARGV[arg + 1]), at = NOW}
  return 'done'
end}

finish(function()
  if nodes then
    local sum = 0
    for _, node in pairs(present) do
      if node.at > NOW - LIVES.presenceMs then
        sum = sum + node.count
      end
    end
    if sum ~= room.online then
      room.online = sum
      notify('online ' .. int[sum] .. '\n')
    end
  end
end)

function writes.presence()
  if not nodes then
    return
  end
  for name, node in pairs(present) do
    if node.count == 0 or node.at <= NOW - LIVES.presenceMs then
      redis.call('HDEL', KEY.online, name)
    elseif node.at == NOW then
      redis.call('HSET', KEY.online, name, int[node.count] .. ' ' .. NOW_TEXT)
    end
  end
  redis.call('PEXPIRE', KEY.online, LIVES.presenceMs)
end
