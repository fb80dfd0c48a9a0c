-- Requests already granted: sender and id -> digest of the content .. outcome. One space of ids for
-- two lifetimes; each is a hash a time bucket, read with the one before it.

local DIGEST = 12 -- bytes
local keyed = counted()
local first_id, last_id = list_of(keyed)
local first_digest = list_of(keyed)

local said_ids, all_ids = hash(KEY.said_ids), hash(KEY.ids)
said_ids.expires, all_ids.expires = LIVES.saidIds, LIVES.ids
local granted = {}
if keyed > 0 then
  for bucket = 13, 16 do
    if redis.call('EXISTS', KEYS[bucket]) == 1 then
      local found = redis.call('HMGET', KEYS[bucket], unpack(ARGV, first_id, last_id))
      for i = 1, keyed do
        if found[i] then
          granted[ARGV[first_id + i - 1]] = found[i]
        end
      end
    end
  end
end

-- Decides the nth keyed entry by `apply`, unless it was granted before; `ids` remember it.
local function once(n, ids, entry, apply, first_arg)
  local id, digest = ARGV[first_id + n - 1], ARGV[first_digest + n - 1]
  local before = granted[id]
  if not before then
    local outcome, refusal = apply(entry, first_arg, digest, id)
    if outcome then
      local kept = digest .. outcome
      granted[id] = kept
      ids:put(id, kept)
    end
    return outcome, refusal
  end
  if string.sub(before, 1, DIGEST) ~= digest then
    return refuse('conflict')
  end
  return string.sub(before, DIGEST + 1)
end
