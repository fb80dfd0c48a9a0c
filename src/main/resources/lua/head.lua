-- head: how far a room has come.
--
-- KEYS  1 head
--
-- Returns {epoch, revision}, or {} when there is no such room

local head = redis.call('HMGET', KEYS[1], 'epoch', 'rev')
return head[1] and {tonumber(head[1]), tonumber(head[2] or 0)} or {}
