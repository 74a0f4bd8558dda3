"""Answering a survey on its pages, without script, or copying a paper sheet."""
