"""Traces: a span of each step of a message, sent by OpenTelemetry's SDK.

It is off unless `OTEL_EXPORTER_OTLP_ENDPOINT` is set: while it is off, no process imports
OpenTelemetry. A span's id goes into the `traceparent` of what its step sends, so each hop has its
real parent. `hooks/steps.py` has the steps themselves. Read `recorder` first; `described` has the
names and attributes, `failures` the errors, and `sdk` sends the spans. `log_lines` sends each line
of the log to the same receiver.

Do not use it to count, or to decide anything: spans are lost if a process is killed, or if the
receiver is away for longer than the SDK's queue holds.
"""
