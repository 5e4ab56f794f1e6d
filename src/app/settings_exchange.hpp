#pragma once

#include <array>

#include "app/setting_row.hpp"

namespace plumb::app {

// clang-format off
/// The part of the table that is about the local exchange. What it shares with others (venue, seed, cash, duration,
/// speed) is in their parts.
inline constexpr auto kExchangeSettings = std::to_array<Setting>({
    {.key = "port", .type = Type::integer, .scope = Scope::flag_only, .range = {0, 65'535}, .fallback = "0", .commands = "exchange",
     .help = "of the first venue, the others have the next ones; 0: any free one for each"},
    {.key = "listen", .type = Type::text, .scope = Scope::flag_only, .fallback = "127.0.0.1", .commands = "exchange",
     .help = "address to listen on; another than a loopback one needs TLS"},
    {.key = "market", .type = Type::text, .scope = Scope::flag_only, .fallback = "demo", .commands = "exchange",
     .help = "demo: simulated from the seed; replay:FILE: recorded trades and quotes"},
    {.key = "names", .type = Type::integer, .scope = Scope::flag_only, .range = {0, 5000}, .fallback = "0", .commands = "exchange",
     .help = "at least so many instruments; made-up ones follow the usual ones"},
    {.key = "faults", .type = Type::path, .scope = Scope::flag_only, .commands = "exchange",
     .help = "fault script (YAML): what goes wrong when"},
    {.key = "truth-log", .type = Type::path, .scope = Scope::flag_only, .commands = "exchange",
     .help = "file for all that is true at the exchange, as JSON lines"},
    {.key = "tls", .type = Type::flag, .scope = Scope::flag_only, .fallback = "false", .commands = "exchange",
     .help = "https and wss with a generated certificate, whose file is printed"},
    {.key = "tls-cert", .type = Type::path, .scope = Scope::flag_only, .commands = "exchange",
     .help = "https and wss with this certificate (PEM, with its chain); needs tls-key"},
    {.key = "tls-key", .type = Type::path, .scope = Scope::flag_only, .commands = "exchange",
     .help = "the key of tls-cert (PEM)"},
    {.key = "clock", .type = Type::choice, .scope = Scope::flag_only, .fallback = "wall", .choices = "wall simulated",
     .commands = "exchange",
     .help = "simulated: time begins at --start, runs at --speed and can be put forward by the control endpoint"},
    {.key = "start", .type = Type::date, .scope = Scope::flag_only, .unit = "UTC", .fallback = "2025-01-15T14:30:00Z",
     .commands = "exchange",
     .help = "when a simulated clock begins"},
    {.key = "control-token", .type = Type::text, .scope = Scope::flag_only, .commands = "exchange",
     .help = "word that opens /plumb-control/; without it a random one"},
});
// clang-format on

}  // namespace plumb::app
