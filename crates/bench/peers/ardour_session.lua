-- CANON-1 for Ardour, without its recordings: tracks, plugins, two buses with sends, a master chain.
local folder, tracks = os.getenv("CANON_SESSION"), tonumber(os.getenv("CANON_TRACKS"))
AudioEngine:set_backend("None (Dummy)", "Ardour", "")
local session = create_session(folder, "canon", 48000)
assert(session)

local function add(route, uri, knobs)
  local plugin = ARDOUR.LuaAPI.new_plugin(session, uri, ARDOUR.PluginType.LV2, "")
  if plugin:isnil() then error("not installed: " .. uri) end
  route:add_processor_by_index(plugin, -1, nil, true)
  local inside, knob = plugin:to_insert():plugin(0), 0
  for port = 0, inside:parameter_count() - 1 do
    if inside:parameter_is_control(port) and inside:parameter_is_input(port) then
      local value = knobs[inside:parameter_label(port)]
      if value then ARDOUR.LuaAPI.set_processor_param(plugin, knob, value) end
      knob = knob + 1
    end
  end
end

local bands = {["Highpass"] = 1, ["Highpass Frequency"] = 80, ["LS Gain"] = 2, ["Gain 1"] = -3, ["Gain 2"] = 2,
  ["HS Gain"] = 1.5, ["Section 1"] = 1, ["Section 2"] = 1, ["Section 3"] = 0, ["Section 4"] = 0}
local squeeze = {["Threshold"] = -18, ["Ratio"] = 3, ["Attack"] = 10, ["Release"] = 100}
local order = ARDOUR.PresentationInfo.max_order
local routes = ARDOUR.RouteListPtr()
local made = session:new_audio_track(1, 2, nil, tracks, "t", order, ARDOUR.TrackMode.Normal, true)
for track in made:iter() do
  add(track, "http://gareus.org/oss/lv2/fil4#mono", bands)
  add(track, "urn:ardour:a-comp", squeeze)
  routes:push_back(track)
end
for name, uri in pairs({Reverb = "urn:ardour:a-reverb", Delay = "urn:ardour:a-delay"}) do
  local bus = session:new_audio_route(2, 2, nil, 1, name, ARDOUR.PresentationInfo.Flag.AudioBus, order):front()
  add(bus, uri, {})
  session:add_internal_sends(bus, ARDOUR.Placement.PostFader, routes)
end
local master = session:master_out()
add(master, "http://gareus.org/oss/lv2/fil4#stereo", bands)
add(master, "urn:ardour:a-comp#stereo", squeeze)
add(master, "http://gareus.org/oss/lv2/dpl#stereo", {})
session:save_state("", false, false, false, false, false)
close_session()
quit()
