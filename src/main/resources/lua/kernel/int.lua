-- Integers as text: `..` and tostring round above 10^14, and formatting one costs as much as storing
-- it, so each is done once.

local int = setmetatable({}, {__index = function(texts, number)
  local text = string.format('%d', number)
  texts[number] = text
  return text
end})
