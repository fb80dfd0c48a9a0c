-- The commit script as modules of activities see it. A module is two files, state.lua and commit.lua
-- of its kind, that each return `function(K, keys, M)`: K is what stands here, keys are the module's
-- own by their names, and M is filled by the files:
--   M.show(thing, whole)         JSON that tells everybody how a thing stands; whole: with what is only
--                                for the room's staff (state.lua)
--   M.mine(thing, viewer)        JSON of what is this viewer's of it, or nil (state.lua)
--   M.turn(thing)                does what is due for it by the clock (commit.lua)
--   M.entries.NAME(a, b, …)      decides an entry; the arguments are those of StoreEntry: a viewer, a
--                                key or a text. Returns JSON, or nil, a code and perhaps retry_after_ms
--                                and opens_at (commit.lua)
--   M.answers.NAME(json, a, b, …)  what is answered: made anew for a repeat from the JSON that is kept of
--                                the entry, which so need not have what must not be kept (commit.lua)
-- Entries decide on Lua tables alone: nothing is written before all of a batch is decided. What a
-- module keeps beside its things it keeps in K.hash.

local K = (function()
  local KEPT_MS = 600000 -- what is over is still shown to those who come, so long
  local prefix = string.sub(KEY.head, 1, -5) -- without `head`
  local modules, loaded = {}, {}
  local kernel = {now = NOW, day = DAY, most = MAX, int = int, tier_of = tier_of, tiers = TIERS}

  -- JSON of a text.
  kernel.text = cjson.encode

  -- What a viewer is called.
  function kernel.name(id)
    return string.match(names:get(id) or '', '^%S+ (.*)$') or nameless(id)
  end

  -- Tells a viewer, on all connections.
  function kernel.tell(id, json)
    notify('tell ' .. id .. ' ' .. #json .. '\n' .. json)
  end

  -- Gives a viewer what the rules give for something, under the day's cap; points that came of it.
  function kernel.award(viewer, reason, points, growth, cap)
    return (award(viewer, reason, {points, growth, cap}, 1))
  end

  -- How long a viewer has watched the room, milliseconds, as far as their nodes have told.
  function kernel.watched(viewer)
    return carry:number(viewer.id .. '|watched')
  end

  -- Whether a viewer has ever said anything in the room.
  function kernel.has_spoken(viewer)
    return (carry:get(viewer.id .. '|spoken') or ledgers.find(viewer, 'danmaku ' .. DAY)) and true
  end

  -- Moves points from an account of the room to a viewer, or with a negative amount back. `reason`
  -- and `ref` name the line of the ledger. False when the balance could not hold it.
  function kernel.pay(viewer, account, amount, reason, ref)
    if not post(line_of(viewer, reason, ref, reason), amount, 0, 0) then
      return false
    end
    posted.accounts = posted.accounts or {}
    posted.accounts[account] = (posted.accounts[account] or 0) - amount
    return true
  end

  -- Moves points between two accounts of the room; `issued` may go below zero.
  function kernel.move(from, to, amount)
    posted.accounts = posted.accounts or {}
    posted.accounts[from] = (posted.accounts[from] or 0) - amount
    posted.accounts[to] = (posted.accounts[to] or 0) + amount
  end

  -- Points that lie in an account of the room, what this batch did included.
  function kernel.account(name)
    return figures:number('account ' .. name) + ((posted.accounts or {})[name] or 0)
  end

  -- Nothing lies in an account any more, and nothing will.
  function kernel.close(account)
    posted.closed = posted.closed or {}
    table.insert(posted.closed, 'account ' .. account)
  end

  -- A kind's own view of the kernel, and its keys.
  local function view(kind, key_names)
    local own, keys = setmetatable({}, {__index = kernel}), {}
    for i = 1, #key_names do
      keys[key_names[i]] = prefix .. kind .. ':' .. key_names[i]
    end
    local kept, things, before, hashes = hash(keys.things), {}, {}, {}

    -- A hash of the room that the module keeps: read field by field, written at the end.
    function own.hash(key)
      hashes[key] = hashes[key] or hash(key)
      return hashes[key]
    end

    -- A key of one thing, as StoreEntry.key names it.
    function own.key(name)
      return prefix .. kind .. ':' .. name
    end

    -- A thing by its id; false when there is none.
    function own.thing(id)
      local thing = things[id]
      if thing == nil then
        local text = kept:get(id)
        local readable = true
        thing = false
        if text then
          readable, thing = pcall(cmsgpack.unpack, text)
        end
        if text and not (readable and type(thing) == 'table') then
          unreadable.stop(keys.things, id)
        end
        before[id], things[id] = text, thing
        if thing then
          loaded[#loaded + 1] = {own = own, thing = thing}
        end
      end
      return thing
    end

    -- Makes a thing, to be shown from now on. False when there is one of this id.
    function own.create(id, thing)
      if own.thing(id) then
        return false
      end
      thing.id, thing.made = id, NOW
      things[id] = thing
      loaded[#loaded + 1] = {own = own, thing = thing}
      own.listed = own.listed or {}
      table.insert(own.listed, id)
      activate(kind .. ' ' .. id, true)
      own.changed(thing)
      return true
    end

    -- Everybody is to know how it stands, at the end of the batch.
    function own.changed(thing)
      thing.told = true
    end

    -- It is due then; nil: never.
    function own.due(thing, at_ms)
      thing.due = at_ms
      due(kind .. ' ' .. thing.id, at_ms)
    end

    -- Nothing more comes of it: soon it is shown no longer to those who come.
    function own.over(thing)
      thing.gone = NOW + KEPT_MS
      own.due(thing, thing.gone)
      own.changed(thing)
    end

    -- A numbered event; `rest` is JSON fields that begin with a comma, or nothing.
    function own.event(what, thing, rest)
      append('-', kind .. '.' .. what, rest or '', '}')
    end

    -- An event that is not numbered; everybody is told the latest one, once a second at most.
    function own.count(thing, what, rest)
      thing.counted = '{"type":"' .. kind .. '.' .. what .. '","' .. kind .. '":"' .. thing.id .. '"'
        .. rest .. '}'
    end

    -- For the books of the nodes alone.
    function own.news(thing, json)
      notify('news ' .. kind .. ' ' .. thing.id .. ' ' .. #json .. '\n' .. json)
    end

    -- How many things of the kind are shown that `holds` is true of, but for what cannot be read.
    function own.many(holds)
      local count = 0
      for _, each in ipairs(redis.call('SMEMBERS', KEY.active)) do
        local of, id = string.match(each, '^(%S+) (.*)$')
        if of == kind then
          local readable, thing = unreadable.guard(own.thing, id)
          count = count + (readable and thing and holds(thing) and 1 or 0)
        end
      end
      return count
    end

    function own.settle(thing)
      local told, counted = thing.told, thing.counted
      thing.told, thing.counted = nil, nil
      local of = kind .. ' ' .. thing.id
      if counted then
        notify('count ' .. of .. ' ' .. #counted .. '\n' .. counted)
      end
      if told then
        local json = modules[kind].show(thing)
        notify('thing ' .. of .. ' ' .. #json .. '\n' .. json)
      end
      local text = cmsgpack.pack(thing)
      if text ~= before[thing.id] then
        kept:put(thing.id, text)
      end
    end

    function own.write()
      for i = 1, #(own.listed or {}) do
        redis.call('ZADD', keys.list, NOW_TEXT, own.listed[i])
      end
    end
    return own, keys
  end

  -- The arguments of an entry: after what they are, one after another.
  local function arguments(first)
    local sorts, list = ARGV[first], {}
    for i = 2, #sorts do
      local sort = string.byte(sorts, i)
      local at_i = first + i - 1
      list[i - 1] = sort == 118 and viewer_at(at_i) -- v
        or sort == 107 and extra_key(at_i) -- k
        or ARGV[at_i]
    end
    return list
  end

  local function entry(decide, answer)
    return {answer = answer and function(first, outcome)
      return 'told ' .. answer(string.sub(outcome, 6), unpack(arguments(first), 1, #ARGV[first] - 1))
    end, apply = function(first)
      local given = arguments(first)
      local json, code, retry_after_ms, opens_at = decide(unpack(given, 1, #ARGV[first] - 1))
      if json then
        return 'told ' .. json
      end
      return refuse(code, retry_after_ms, opens_at)
    end}
  end

  function kernel.add(kind, key_names, ...)
    local own, keys = view(kind, key_names)
    local module = {own = own, entries = {}, answers = {}}
    modules[kind] = module
    for _, file in ipairs({...}) do
      file(own, keys, module)
    end
    -- What the clock says is due for a thing; harmless when nothing is.
    function module.entries.turn(id)
      local thing = own.thing(id)
      if not thing then
        due(kind .. ' ' .. id, nil)
      elseif thing.gone and NOW >= thing.gone then
        own.due(thing, nil)
        activate(kind .. ' ' .. id, false)
        notify('gone ' .. kind .. ' ' .. id .. '\n')
      elseif thing.due and NOW >= thing.due and not thing.gone then
        module.turn(thing)
      end
      return '{}'
    end
    for name, decide in pairs(module.entries) do
      entries[kind .. '.' .. name] = entry(decide, module.answers[name])
    end
  end

  local function mine_of(module, id, viewer)
    local thing = module.own.thing(id)
    return thing and module.mine(thing, viewer)
  end

  -- Of a viewer who joins: how many things have something of theirs, and each. What cannot be read is
  -- left out.
  function kernel.mine(viewer)
    local words, count = '', 0
    for _, each in ipairs(next(modules) and redis.call('SMEMBERS', KEY.active) or {}) do
      local kind, id = string.match(each, '^(%S+) (.*)$')
      local module = modules[kind]
      local readable, json
      if module and module.mine then
        readable, json = unreadable.guard(mine_of, module, id, viewer)
      end
      if readable and json then
        words = words .. kind .. ' ' .. id .. ' ' .. #json .. '\n' .. json
        count = count + 1
      end
    end
    return int[count] .. ' ' .. words
  end

  finish(function()
    for i = 1, #loaded do
      loaded[i].own.settle(loaded[i].thing)
    end
  end)

  function kernel.write()
    if posted.closed then
      redis.call('HDEL', KEY.figures, unpack(posted.closed))
    end
    for _, module in pairs(modules) do
      module.own.write()
      if module.write then
        module.write()
      end
    end
  end

  return kernel
end)()

entries.join.apply = (function(stand)
  return function(arg)
    return 'joins ' .. K.mine(viewer_at(arg)) .. stand(arg)
  end
end)(entries.join.apply)
