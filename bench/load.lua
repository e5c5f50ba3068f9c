-- Requests from the template file named on the command line, each with the next number in place of its marks.
-- The template: line 1 method, line 2 first number, then one header per line up to an empty line, paths up to an empty line,
-- and the body. Marks: {n} the number, {n%M} its rest, {n:W} the number with zeroes in front to W digits.

local paths, body, headers, number = {}, {}, {}, 0

local function split(text)
  local parts, at = {}, 1
  for first, operator, argument, last in text:gmatch('(){n([%%:]?)(%d*)}()') do
    table.insert(parts, text:sub(at, first - 1))
    if operator == '%' then
      local modulo = tonumber(argument)
      table.insert(parts, function() return tostring(number % modulo) end)
    elseif operator == ':' then
      local format = '%0' .. argument .. 'd'
      table.insert(parts, function() return string.format(format, number) end)
    else
      table.insert(parts, function() return string.format('%d', number) end)
    end
    at = last
  end
  table.insert(parts, text:sub(at))
  return parts
end

local function fill(parts)
  local made = {}
  for index, part in ipairs(parts) do
    made[index] = type(part) == 'string' and part or part()
  end
  return table.concat(made)
end

function init(args)
  local file = io.open(args[1], 'rb')
  wrk.method = file:read('*l')
  number = tonumber(file:read('*l')) - 1
  for line in file:lines() do
    if line == '' then break end
    local name, value = line:match('^([^:]+): (.*)$')
    headers[name] = value
  end
  for line in file:lines() do
    if line == '' then break end
    table.insert(paths, split(line))
  end
  body = split(file:read('*a') or '')
  file:close()
end

function request()
  number = number + 1
  return wrk.format(wrk.method, fill(paths[number % #paths + 1]), headers, fill(body))
end

function done(summary, latency)
  io.write(string.format('RESULT {"requests":%d,"failures":%d,"seconds":%f,"p50":%f,"p99":%f}\n',
    summary.requests, summary.errors.status + summary.errors.read + summary.errors.write + summary.errors.timeout + summary.errors.connect,
    summary.duration / 1e6, latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
