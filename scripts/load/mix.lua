-- Requests of a busy team: pages, slides over the timeline, the interface for programs. Counts statuses.
local pages = { "/", "/timeline", "/events", "/events/500", "/migrations", "/plans/next", "/plans/cleanup", "/graph",
  "/api/v1/state", "/api/v1/events?limit=100", "/api/v1/events/1000", "/api/v1/tile/0/000", "/api/v1/checkpoint" }
local threads = {}
function setup(thread)
  thread:set("id", #threads)
  table.insert(threads, thread)
end
function init()
  math.randomseed(42 + id)
  statuses, retries = {}, 0
end
function request()
  if math.random() < 0.5 then
    return wrk.format("GET", "/timeline?moment=" .. math.random(0, tonumber(os.getenv("MOMENTS"))))
  end
  return wrk.format("GET", pages[math.random(#pages)])
end
function response(status, headers)
  statuses[status] = (statuses[status] or 0) + 1
  if status == 503 and (headers["Retry-After"] or headers["retry-after"]) then retries = retries + 1 end
end
function done(summary, latency)
  local all, retries = {}, 0
  for _, thread in ipairs(threads) do
    for status, count in pairs(thread:get("statuses")) do all[status] = (all[status] or 0) + count end
    retries = retries + thread:get("retries")
  end
  for status, count in pairs(all) do io.write("status ", status, " ", count, "\n") end
  io.write("retry-after ", retries, "\n")
  local e = summary.errors
  io.write("broken ", e.connect + e.read + e.write, "\ntimeout ", e.timeout, "\n")
  io.write(string.format("latency %.0f %.0f %.0f\n", latency:percentile(50) / 1000, latency:percentile(99) / 1000, latency.max / 1000))
end
