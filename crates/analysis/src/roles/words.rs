//! What the words in file names say. Table only.
//!
//! Words are lower case without accents; `_` stands for a break between words. English, German, French, Spanish,
//! Portuguese, Italian, romanised Japanese; microphones; synthesisers; words of sequencers that say nothing.

/// (role, weight as natural log-odds, words). When two nouns meet, the weights decide who is the head: a pad of strings is
/// strings, a synth bass is a bass.
pub(super) static NOUNS: &[(&str, f32, &str)] = &[
    (
        "kick",
        8.0,
        "kick kicks kd kdrum k_drum kik kck kickdrum kick_drum bd bassdrum bass_drum base_drum bassdrums grosse_caisse grossecaisse grossetrommel grosse_trommel basstrommel bombo grancassa gran_cassa cassa bumbo basudoramu kikku beater subkick sub_kick kickit ktrig kick_trig kicksub",
    ),
    (
        "kick-in",
        9.0,
        "kickin k91 k_91 kick_in kik_in bd_in kin kick_inside k_in bass_drum_in kick_beta91 kick_91 kick_inner",
    ),
    (
        "kick-out",
        9.0,
        "kickout kick_out kik_out bd_out kout kick_outside k_out kick_fet47 kick_ext kick_front kick_outer kick_ns10",
    ),
    (
        "snare",
        8.0,
        "snare snares snr snre sn sd snaredrum snare_drum kleine_trommel kleinetrommel schnarrtrommel caisse_claire caisseclaire caja caixa redoblante rullante tarola sunea rimshot rim_shot sidestick side_stick rim xstick cross_stick crossstick snaretrig brushes",
    ),
    (
        "snare-top",
        9.0,
        "snaretop snare_top sn_t snr_t sn_top snr_top sd_top sntop snrtop s_top snt snare_up snare_oben snare_over sntp snup",
    ),
    (
        "snare-bottom",
        9.0,
        "snarebottom sn_b snr_b snarebot snare_bottom snare_bot sn_bot sn_btm snr_btm snr_bot sd_bot sd_btm snbot snbtm snb s_bot snare_unten snare_under snare_dn sndown snare_down snunder",
    ),
    (
        "clap",
        8.0,
        "clap claps handclap handclaps hand_clap clp snap snaps fingersnap finger_snap fingersnaps klatschen palmas palme tapes_de_main palmadas",
    ),
    (
        "hihat",
        8.0,
        "hihat hi_hat hihats hi_hats hh hat hats hht hhat highhat high_hat ht hi_hut charley charleston charles chimbal contratiempo hihatto haihatto openhat open_hat closedhat closed_hat ohat chat ohh chh",
    ),
    (
        "toms",
        8.0,
        "tom toms tms floortom floor_tom racktom rack_tom ft rt flr_tom tom_tom tomtom timbal surdo_tom tomme rototom rototoms standtom stand_tom haengetom goliath tamtam_toms tomu tom_hi tom_lo tom_mid",
    ),
    ("ride", 8.0, "ride rides rd ridecymbal ride_cymbal ridebell ride_bell raido"),
    ("crash", 8.0, "crash crashes crsh crashcymbal crash_cymbal kurasshu"),
    (
        "cymbals",
        8.0,
        "cymbal cymbals cym cyms cymb becken cymbale cymbales platillo platillos prato pratos piatto piatti splash china shinbaru gong tamtam",
    ),
    (
        "overheads",
        8.5,
        "overhead overheads oh ohs ovh ovhd ovrhd ohd over_head over_heads overhd ohsn ohhh ohsnr oh_hat drum_oh oberkopf ueberkopf aereos aerien aeriens panoramici ohl ohr",
    ),
    (
        "room",
        7.0,
        "room rooms rm rms roommic room_mic ambience amb ambient_mic ambient_mics raum raummikro raummic sala ambiente ambiance stanza ruumu roommics far_mic farmic crotch mono_room knee hall_mic drumroom drum_room wurst trash_mic",
    ),
    (
        "drums",
        7.0,
        "drum drums drm drms dr drumkit drum_kit kit schlagzeug batterie bateria batteria doramu doramusu beat beats break breaks breakbeat break_beat breakbeats loop loops drumloop drum_loop groove grooves drumbus drum_bus drumset drum_set tr808 tr909 tr707 tr606 linndrum linn drumcomputer rhythm_box edrums edrum addictive_drums ezdrummer superior_drummer bfd drummer topper toploop top_loop tops amen trapbeat jungle_break drumstem",
    ),
    (
        "percussion",
        8.0,
        "perc percs percussion percussions perk prc perkussion percusion percussao percussioni pakasshon tambourine tmb tamb tambo tambor tambourin pandeiro pandereta tanburin shaker shakers shk shkr egg eggshaker cabasa maracas maraca guiro conga congas cng bongo bongos bng djembe cajon cowbell cow_bell cwbl agogo agogos woodblock wood_block wood woodblocks claves clave timbale timbales triangle tri triangel triangolo triangulo castanets castagnettes kastagnetten darbuka doumbek tabla tablas udu surdo cuica repinique vibraslap sleighbells sleigh_bells sleigh windchimes wind_chimes chimes barchimes mark_tree rainstick taiko timpani timp timps pauken timbales_orch stomp stomps stomping bodhran ganza caxixi tamborim berimbau frame_drum framedrum schellenkranz rassel kuhglocke cloche_vache cencerro wasamba foot_stomp footstomp clank block bells",
    ),
    (
        "bass",
        8.0,
        "bass bs bss basse bajo baixo basso besu beesu bassgitarre bass_guitar bassguitar bassgtr bass_gtr bgtr ebass e_bass elbass electricbass electric_bass kontrabass contrabass contrabasse contrabajo contrabaixo contrabbasso doublebass double_bass upright uprightbass upright_bass fretless slapbass slap_bass pickedbass picked_bass fingerbass synthbass synth_bass sybass sy_bass subbass sub_bass sub 808 808s 808bass reese acidbass moogbass moog_bass wobble wub pbass p_bass jbass j_bass jazz_bass precision tb303 303 basslin bassline bass_line low_end lowend bassstation",
    ),
    ("bass-di", 9.0, "bassdi bass_di bs_di b_di bass_direct bass_line_in bsdi bass_dry bassdirect bass_d_i"),
    (
        "bass-amp",
        9.0,
        "bassamp bass_amp bs_amp b_amp bass_cab bass_mic bass_svt bass_b15 basscab bassmic bsamp bass_421 bass_re20 ampeg svt b15 bass_rig bass_sansamp sansamp",
    ),
    (
        "guitar",
        7.5,
        "guitar guitars gtr gtrs git gits gitarre gitarren guitare guitares guitarra guitarras chitarra chitarre gita gitaa gt gts guit guits gui gitar violao_guitarra banjo bjo ukulele uke mandolin mando mandoline mandolina bouzouki lapsteel lap_steel pedalsteel pedal_steel slide_guitar slidegtr resonator dobro sitar balalaika charango",
    ),
    (
        "electric-guitar",
        8.5,
        "eg egt egtr egtrs egit e_gtr e_git e_gitarre egitarre el_gtr elgtr elec_gtr elecgtr electric_guitar electric_gtr electricguitar guitare_electrique guitarra_electrica guitarra_eletrica chitarra_elettrica ereki erekigita distgtr dist_gtr distguitar rhythm_gtr rhythm_guitar rhy_gtr rhygtr rgtr lead_gtr lead_guitar leadgtr lgtr gtr_solo solo_gtr leadgit strat stratocaster tele telecaster lespaul les_paul lp_gtr riff riffs powerchords power_chords twang chugs chug gtramp gtr_amp marshall mesa vox_ac30 ac30 jcm800 twin_reverb rectifier kemper axefx palm_mute palmmute",
    ),
    (
        "acoustic-guitar",
        8.5,
        "ag agt agtr agtrs agit ac_gtr acgtr acou_gtr acoustic_guitar acoustic_gtr acousticguitar aco_gtr akustikgitarre akustik_gitarre agitarre a_gitarre a_gtr a_git guitare_acoustique guitare_folk guitare_seche guitarra_acustica guitarra_criolla violao viola_caipira chitarra_acustica akogi akosuti nylon nylongtr classical_guitar classicalgtr konzertgitarre westerngitarre steelstring twelvestring 12string 12_string strum strums strumming acgtrs martin_d28 taylor_gtr",
    ),
    (
        "piano",
        8.0,
        "piano pianos pno pn pnos klavier fluegel flugel grandpiano grand_piano grandpno upright_piano uprightpiano acoustic_piano pianoforte steinway bosendorfer yamaha_c7 felt_piano feltpiano honkytonk honky_tonk acoustic_grand baby_grand piano_a_queue",
    ),
    (
        "keys",
        7.5,
        "keys key keyz keyb kbd kbds keyboard keyboards klav tasten tastiera tastiere teclado teclados clavier claviers kiibodo rhodes rhd rhds rhodez wurlitzer wurli wurl wurly ep epiano e_piano electric_piano elpiano clav clavinet clavi harpsichord cembalo clavecin clavicembalo celesta celeste dx7 dx_7 mellotron cp70 cp80 nord nordstage rds suitcase toy_piano",
    ),
    (
        "organ",
        8.0,
        "organ organs org orgs orgel orgue orgao organo oorugan orugan hammond hmd b3 c3_organ leslie farfisa voxcontinental vox_continental churchorgan church_organ pipe_organ harmonium accordion akkordeon accordeon acordeon fisarmonica bandoneon bandoneo melodica drawbar",
    ),
    (
        "mallet",
        8.0,
        "mallet mallets marimba mrmba vibraphone vibes vibraphon vibrafono xylophone xylo xylophon xilofono glockenspiel glock glocken mokkin tubular_bells tubularbells roehrenglocken kalimba mbira thumb_piano thumbpiano steeldrum steel_drum steelpan steel_pan hang handpan balafon musicbox music_box spieluhr crotales bellsynth",
    ),
    (
        "synth-lead",
        8.0,
        "synthlead synth_lead lead_synth leadsynth ld_syn syn_lead synld leadsyn sawlead saw_lead squarelead square_lead lead_saw supersaw_lead shinsereedo",
    ),
    (
        "synth",
        6.0,
        "synth synths syn syns synthesizer synthesiser synthi sintetizador sintetizzatore sinte shinse sinth arp arps arpeggio arpeggiator pluck plucks plk stab stabs saw saws supersaw square moog minimoog juno jupiter prophet minilogue microkorg korg roland serum massive sylenth omnisphere ob6 oberheim ms20 sh101 tb synthi_a modular eurorack sequence seq sequencer blip blips bleeps bleep chiptune 8bit acid hook_synth chords chord polysynth mono_synth monosynth poly6 wavetable vital diva virus nexus triton matrix subsequent dx_synth vocoder_synth",
    ),
    (
        "pad",
        6.5,
        "pad pads padd warmpad warm_pad stringpad synthpad synth_pad flaechen flaeche flache nappe nappes drone drones atmo atmos atmosphere atmospheres texture textures soundscape soundscapes swell_pad paddo",
    ),
    (
        "strings",
        7.5,
        "strings string strgs str strs stgs strg streicher cordes cuerdas cordas archi violin violins vln vlns vl violine violinen violon violons violino violini viola violas vla vlas bratsche alto_violin cello celli cellos vc vcs vcl vlc violoncello violoncelle violonchelo violoncelo fiddle fdl geige harp harfe arpa harpe quartet stringquartet string_quartet orchestra orch orchester orquesta orquestra sutoringusu stringsection basses_strings ensemble spiccato pizz pizzicato tremolo_str legato erhu koto shamisen synthstrings synth_strings",
    ),
    (
        "brass",
        8.0,
        "brass brs hns horns horn hrn hrns trumpet trumpets tpt tpts trp trpt trompete trompeten trompette trompeta trompete_pt tromba trombe torampetto trombone trombones tbn tbns tbone posaune posaunen tronbon tuba sousaphone frenchhorn french_horn waldhorn cor flugelhorn flugel_horn fluegelhorn cornet kornett sax saxes saxophone saxophon sassofono saxofon saxofone sakkusu altosax alto_sax tenorsax tenor_sax bari barisax bari_sax sopranosax soprano_sax blaeser cuivres metales metais ottoni flute flutes flt floete flote flauta flauto clarinet clarinets klarinette clarinette clarinete clarinetto oboe hautbois bassoon fagott basson fagot woodwind woodwinds winds winds_section piccolo recorder harmonica mundharmonika gaita panflute pan_flute ocarina whistle tin_whistle didgeridoo bagpipes uilleann",
    ),
    (
        "lead-vocal",
        9.0,
        "leadvox leadvocal leadvocals leadvoc lead_vox lead_vx ldvx ld_vx ldv ld_v lead_v vxld vx_ld voxld vox_ld voxmain vox_main vocal_main lead_vocal lead_vocals lead_voc ld_vox ldvox ldvoc ld_voc lv lvox lvoc lvx vox_lead vocal_lead vocals_lead voc_lead vx_lead main_vox mainvox main_vocal main_vocals mainvocal mainvoc leadgesang hauptstimme hauptgesang voix_principale voz_principal voce_principale lead_voice leadstimme rap rapper rapvox singer rezbokaru verse_vox chant_lead topline solo_vocal lead_singer narration spoken_word podcast",
    ),
    (
        "vocal-double",
        9.0,
        "voxdbl vox_dbl vocdbl vox_double vocal_double vocaldouble ld_vox_dbl lead_vox_dbl lead_dbl lead_double leaddbl lvdbl lv_dbl lv_double lvdub lv_dub lvd ldvdbl vxdbl vx_dbl vox_dt vocdub voc_dub voc_dbl vox_doubles vdub vox_dub doublevox dbl_vox double_vox vocal_dbl vdbl adt voxdub vocal_doubles stimme_doppel doppler_vox",
    ),
    (
        "backing-vocal",
        9.0,
        "bgvox bgvx bgv bgvs bgvoc bv bvs bvx bvoxs bkgs bkvox bkvx bkvs hvox harmonies_vox vox_harms crowd_vox party_vox group_vox bvox bvoc bkv bkgvox bkgvoc bkg_vox backingvox backing_vox backingvocal backingvocals backing_vocal backing_vocals backing_voc backing_vocs backups backup_vox backup_vocals backgroundvocals background_vocals background_vocal background_vox bg_vox bg_vocals bg_vocal bg_voc bgs gangvox gang_vox gang gangs gang_vocals harmonyvox harmony_vox harmony_vocal harmony_vocals vox_harm vox_harmony voxharm harms harmvox adlib adlibs ad_lib ad_libs adl backingstimme hintergrundgesang backgroundgesang chorgesang choeurs choeur_fond coros coro_vox segunda_voz segundas_voces seconde_voix seconda_voce controcanto kooras korasu vox_bg vocal_bg shout shouts shouting scream_bg hey heys stacks stack vox_stack whoa whoas",
    ),
    // Of a few voices or of many: the sound may tell, but in a band they stand behind the lead.
    (
        "backing-vocal",
        8.0,
        "ooh oohs ahh ahhs aah aahs ahs ohh ohhs oo oos oohsaahs oohs_aahs oo_ah oos_ahs la_las lalas mmhs humming hums",
    ),
    ("choir", 6.5, "oohs aahs oohsaahs oohs_aahs"),
    (
        "choir",
        9.5,
        "choir chor choeur choirs choral chorale coro kuwaia gasshou childrens_choir kinderchor gospel gospelchoir mass_choir satb",
    ),
    (
        "fx",
        6.0,
        "fx sfx efx effect effects effekt effekte effets efectos efeitos effetti efekuto riser risers uplifter uplift downlifter sweep sweeps swoosh whoosh swish impact impacts boom booms hit hits noise white_noise rauschen bruit ruido rumore reverse_fx rev_crash reverse_cymbal revcym glitch glitches vinyl crackle foley field_recording fieldrec birds rain thunder siren laser zap zaps beep beeps bip_fx build buildup build_up builds transition transitions crush bitcrush tape_stop tapestop stutter subdrop sub_drop drop scratch scratches turntable ambience_fx reverb_print reverb_return verb_print delay_print delay_return verb reverb revrb plate spring_verb microcosm mcrcsm granular ambient_fx throw throws vocal_throw wet wetprint sample samples smp one_shot oneshot voicemail crowd applause audience",
    ),
    (
        "click-track",
        10.0,
        "click clicktrack click_track clk clik metronome metronom metronomo metro klick klicktrack clic claqueta kurikku count countin count_in countoff count_off cuetrack cue_track cues guidetrack guide_track guide_click smpte ltc timecode tempo_click",
    ),
    (
        "rough-mix",
        10.0,
        "rough roughmix rough_mix ruff ruff_mix ruffmix demo_mix monitor_mix monitormix board_mix boardmix 2mix two_mix full_mix fullmix stereo_mix stereomix mixdown mix_down premix submix_all rohmix mixage_brut mezcla_previa mix_previo mix refmix ref_mix master mastered print_mix 2trk 2track two_track stereo_bounce premaster",
    ),
    (
        "reference",
        9.0,
        "reference referenz refsong ref_song ref_track reftrack referencia riferimento ref temp_ref reference_track reference_song",
    ),
];

/// Words for the voice that leave open whose it is.
pub(super) static VOICE: &str = "vox vocal vocals voc vocs vx voice voices gesang stimme stimmen voix chant voz voces vozes voce voci bokaru bookaru vo sing singing main_singer canto cantante acapella acappella acapela dry_vox vocalist";

/// (modifier, words) that sharpen a noun; on their own they say little.
pub(super) static MODIFIERS: &[(&str, &str)] = &[
    ("in", "in inside inner innen dentro b91 beta91 beta91a"),
    ("out", "out outside outer aussen fuera fora fet47 ns10 re320"),
    ("top", "top tp oben up haut arriba cima sopra upper"),
    ("bottom", "bottom bot btm bttm under unten bas abajo baixo_mic sotto lower"),
    ("di", "di d_i direct direkt directo diretto dibox"),
    ("amp", "amp amped cab cabinet miced mic ampli speaker"),
    ("lead", "lead ld main haupt principal principale solo"),
    (
        "backing",
        "backing background backup bkg bg bgd harmony harmonies harm harmo high low_harm alt third thirds fifth fifths octave oct unison hi lo",
    ),
    (
        "double",
        "dbl dbls dbld double doubled doubles doubling doubletrack double_track double_tracked dub dubs dubl doppel gedoppelt doublage doble dobra doppio dt trip triple quad",
    ),
    (
        "electric",
        "electric elec elektrisch electrique electrica eletrica elettrica dist distortion distorted overdrive overdriven od drive fuzz crunch crunchy clean cln jazz rhythm rhy rhytm metal heavy muted",
    ),
    (
        "acoustic",
        "acoustic acou acous acst akustik akustisch acoustique acustica acustico folk fingerpicked fingerstyle fingerpick picking",
    ),
    ("kit", "drum drums kit drm"),
    ("bus", "bus buss sub_group subgroup grp group"),
];

/// (noun, modifier, role, weight) once both were read.
pub(super) static REFINE: &[(&str, &str, &str, f32)] = &[
    ("kick", "in", "kick-in", 5.0),
    ("kick", "out", "kick-out", 5.0),
    ("snare", "top", "snare-top", 5.0),
    ("snare", "bottom", "snare-bottom", 6.0),
    ("bass", "di", "bass-di", 5.0),
    ("bass", "amp", "bass-amp", 5.0),
    ("guitar", "electric", "electric-guitar", 4.0),
    ("guitar", "amp", "electric-guitar", 3.0),
    ("guitar", "lead", "electric-guitar", 3.0),
    ("guitar", "di", "electric-guitar", 2.0),
    ("guitar", "acoustic", "acoustic-guitar", 4.0),
    ("synth", "lead", "synth-lead", 5.0),
    ("voice", "lead", "lead-vocal", 4.0),
    ("voice", "backing", "backing-vocal", 6.0),
    ("voice", "double", "vocal-double", 6.0),
    // `LV dub` is no lead: the second word takes back what the first one said.
    ("lead-vocal", "double", "vocal-double", 10.0),
    ("lead-vocal", "double", "lead-vocal", -4.0),
    ("lead-vocal", "backing", "backing-vocal", 3.0),
    ("kit", "room", "room", 3.0),
];

/// (role, weight, microphones): a microphone leans towards what it usually stands before, no more.
pub(super) static MICROPHONES: &[(&str, f32, &str)] = &[
    ("kick", 1.5, "d112 beta52 beta52a beta91 beta91a d6 d12 d20 subkick atm25 m88 fet47"),
    ("snare", 0.8, "sm57 57 i5 e604 e904"),
    ("toms", 0.8, "md421 421 e604 e904 beta98 atm350"),
    ("overheads", 1.2, "c414 414 km184 km84 sdc c451 451 oktava mk012 4038 coles nt5 kn184 earthworks"),
    ("room", 1.0, "ribbon r121 r84 royer blumlein omni ms_pair"),
    ("lead-vocal", 1.0, "u87 u47 sm7 sm7b c12 tlm103 tlm102 u67 elam251 c800g re20 sm58 58 nt1 manley"),
];

/// Words that say nothing about the part: takes, versions, sequencers' default names, places in the song, file kinds.
pub(super) static NOISE: &str = "stem stems bip bounce bounced bnc take takes tk final finale finished version ver comp comped edit edited ed copy kopie copie copia old new neu alt2 track trk tracks spur piste pista traccia audio audiotrack region clip file untitled default preset presets instrument inst midi print printed prnt render rendered export exported consolidated cons merged glued glue freeze frozen flat mono stereo st ster 16bit 24bit 32bit 32f 16b 24b 44k 48k 88k 96k 192k 441 khz hz bit bpm wav wave aif aiff flac mp3 ogg m4a opus w64 caf ds the and a of und et y e de der die das le la les el los raw dry processed proc tuned tune melodyne melodyned autotune autotuned cleaned fixed fix quantized quantised quant normalized norm tracked rec recorded recording session mixes song project proj untouched original orig do not use dont vca dca ok good best keep muted_track bak backup_file tmp temp unnamed noname no name insert channel ch chan kanal canal canale voie part parts mst";

/// Words of place in a song: they tell two tracks apart but not their part.
pub(super) static PLACES: &str = "verse vers vrs chorus chrs chr refrain prechorus pre bridge brdg intro outro ending end start middle solo_part hook fill fills full half slow fast long short tight loose dark bright wide narrow soft loud hard big small fat thin deep quiet second first one two three four a1 b1 echo fade reverse reversed rev off on hollow muffled warm metallic picked finger closed open melody";

/// (abbreviation, what a person reads). Anything else is shown with a capital.
pub(super) static SPELLED: &[(&str, &str)] = &[
    ("kickin", "Kick In"),
    ("kickout", "Kick Out"),
    ("snaretop", "Snare Top"),
    ("snarebot", "Snare Bottom"),
    ("bassamp", "Bass Amp"),
    ("bassdi", "Bass DI"),
    ("bassguitar", "Bass Guitar"),
    ("leadvox", "Lead Vocal"),
    ("leadvocal", "Lead Vocal"),
    ("ldvox", "Lead Vocal"),
    ("backingvox", "Backing Vocal"),
    ("floortom", "Floor Tom"),
    ("racktom", "Rack Tom"),
    ("ohl", "Overheads"),
    ("ohr", "Overheads"),
    ("kin", "Kick In"),
    ("kout", "Kick Out"),
    ("synthbass", "Synth Bass"),
    ("subbass", "Sub Bass"),
    ("epiano", "Electric Piano"),
    ("roommic", "Room"),
    ("kik", "Kick"),
    ("kck", "Kick"),
    ("bd", "Kick"),
    ("bassdrum", "Kick"),
    ("sn", "Snare"),
    ("snr", "Snare"),
    ("sd", "Snare"),
    ("bot", "Bottom"),
    ("btm", "Bottom"),
    ("bttm", "Bottom"),
    ("tp", "Top"),
    ("hh", "Hi-Hat"),
    ("hihat", "Hi-Hat"),
    ("hat", "Hi-Hat"),
    ("hats", "Hi-Hats"),
    ("oh", "Overheads"),
    ("ohs", "Overheads"),
    ("ovh", "Overheads"),
    ("rm", "Room"),
    ("ft", "Floor Tom"),
    ("rt", "Rack Tom"),
    ("cym", "Cymbals"),
    ("cyms", "Cymbals"),
    ("perc", "Percussion"),
    ("tamb", "Tambourine"),
    ("shk", "Shaker"),
    ("gtr", "Guitar"),
    ("gtrs", "Guitars"),
    ("git", "Guitar"),
    ("gt", "Guitar"),
    ("eg", "Electric Guitar"),
    ("egt", "Electric Guitar"),
    ("egtr", "Electric Guitar"),
    ("ag", "Acoustic Guitar"),
    ("agt", "Acoustic Guitar"),
    ("agtr", "Acoustic Guitar"),
    ("pno", "Piano"),
    ("rhd", "Rhodes"),
    ("wurl", "Wurlitzer"),
    ("wurli", "Wurlitzer"),
    ("org", "Organ"),
    ("syn", "Synth"),
    ("sy", "Synth"),
    ("str", "Strings"),
    ("strs", "Strings"),
    ("vln", "Violin"),
    ("vla", "Viola"),
    ("vc", "Cello"),
    ("tpt", "Trumpet"),
    ("tbn", "Trombone"),
    ("vox", "Vocal"),
    ("voc", "Vocal"),
    ("vx", "Vocal"),
    ("vocals", "Vocal"),
    ("lv", "Lead Vocal"),
    ("lvox", "Lead Vocal"),
    ("bv", "Backing Vocal"),
    ("bgv", "Backing Vocal"),
    ("bgvs", "Backing Vocals"),
    ("bgvox", "Backing Vocal"),
    ("bvs", "Backing Vocals"),
    ("dbl", "Double"),
    ("dist", "Distorted"),
    ("cln", "Clean"),
    ("drm", "Drums"),
    ("drms", "Drums"),
    ("dr", "Drums"),
    ("bs", "Bass"),
    ("bss", "Bass"),
    ("ld", "Lead"),
    ("di", "DI"),
    ("fx", "FX"),
    ("sfx", "SFX"),
    ("ep", "Electric Piano"),
    ("xd", "XD"),
    ("mcrcsm", "Microcosm"),
    ("edm", "EDM"),
    ("elec", "Electric"),
    ("acou", "Acoustic"),
    ("amb", "Ambience"),
    ("harm", "Harmony"),
    ("rhy", "Rhythm"),
    ("bkg", "Background"),
    ("bg", "Background"),
    ("clk", "Click"),
];
