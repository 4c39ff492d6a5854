// Makes public/generated/: the sample scenes and environments (filled in by src/render/scene's asset makers).
