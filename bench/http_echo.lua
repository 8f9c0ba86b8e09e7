-- A POST of 500 bytes with four headers; the first argument says how many are sent at once.
local depth = 1
function init(args)
  depth = tonumber(args[1]) or 1
  wrk.method = "POST"
  wrk.headers["Content-Type"] = "application/json"
  wrk.headers["Accept"] = "application/json"
  wrk.body = '{"name":"' .. string.rep("x", 489) .. '"}'
  local one = wrk.format("POST", "/api/tasks")
  batch = string.rep(one, depth)
end
function request() return batch end
